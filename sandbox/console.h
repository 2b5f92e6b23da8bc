// What a person does in the vendor's web console, behind the back of git: add, edit and delete servers, connect and
// disconnect subjects. For tests in the same process and for the admin port.
#pragma once
#include "sandbox/truefoundry.h"

#include <optional>
#include <string>

namespace kedge::sandbox {

class Console final {
public:
    explicit Console(TrueFoundry& plane) : plane_(plane) {}

    // Problems in words; nothing where it was done. `raw`: saved as it stands, without check and normal form, so that a
    // test can make states that no client could.
    std::optional<std::string> add(Json manifest, bool raw = false);
    std::optional<std::string> edit(const std::string& name, const Json& merge_patch, bool raw = false);
    std::optional<std::string> remove(const std::string& name);
    std::optional<std::string> connect(const std::string& name, AuthRecord record);
    std::optional<std::string> disconnect(const std::string& name, const std::string& subject_id,
                                          const std::string& source);

    // The saved manifest, secrets included; null where there is none.
    Json manifest(const std::string& name);

private:
    std::optional<std::string> save(Json manifest, Server* live, bool raw);

    TrueFoundry& plane_;
};

} // namespace kedge::sandbox
