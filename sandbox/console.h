// What a person does in the vendor's web console, behind the back of git: add, edit and delete servers, connect and
// disconnect subjects. For tests in the same process and for the admin port. Takes an id or, where it is one server's,
// a name.
#pragma once
#include "sandbox/control_plane.h"

#include <optional>
#include <string>

namespace kedge::sandbox {

class Console final {
public:
    explicit Console(ControlPlane& plane) : plane_(plane) {}

    // Problems in words; nothing where it was done. `raw`: saved as it stands, without check and normal form, so that a
    // test can make states that no client could.
    std::optional<std::string> add(Json document, bool raw = false);
    std::optional<std::string> edit(const std::string& item, const Json& merge_patch, bool raw = false);
    std::optional<std::string> remove(const std::string& item);
    std::optional<std::string> connect(const std::string& item, AuthRecord record);
    std::optional<std::string> disconnect(const std::string& item, const std::string& subject_id,
                                          const std::string& source);

    // Null, and why, where there is none or where several bear the name.
    Server* find(const std::string& item, std::string& problem);
    // The saved document, secrets included; null where there is none.
    Json manifest(const std::string& item);

private:
    ControlPlane& plane_;
};

} // namespace kedge::sandbox
