// The shape half of manifest_check: every field of the type, by kind. Collects all messages.
#pragma once
#include "base/json.h"
#include "sandbox/knobs.h"
#include "sandbox/manifest_types.h"

#include <string>
#include <vector>

namespace kedge::sandbox {

// Null where it is absent or null.
const Json* member(const Json& object, const std::string& key);

class ShapeCheck final {
public:
    ShapeCheck(const ManifestType& type, const Knobs& knobs) : type_(type), knobs_(knobs) {}
    std::vector<std::string> run(const Json& manifest);

private:
    void fields(const Json& object, std::span<const Field> table, const std::string& place);
    void value(const Json& value, FieldKind kind, const std::string& place);
    void structure(const Json& value, FieldKind kind, const std::string& place);
    void known_keys(const Json& object, const std::vector<std::string_view>& keys, const std::string& place);
    void one_of(const Json& object, const std::string& key, const std::vector<std::string_view>& values,
                const std::string& place);
    bool item_list(const Json& value, const std::string& place);
    void auth(const Json& auth, const std::string& place);
    void header_auth(const Json& auth, const std::string& place);
    void oauth(const Json& auth, const std::string& place);
    void oauth_url(const Json& auth, const std::string& key, Presence need, const std::string& place);
    void environment(const Json& auth, const std::string& place);
    void tools(const Json& tools, FieldKind kind, const std::string& place);
    void tool_policy(const Json& policy, const std::string& place);
    void sources(const Json& sources, const std::string& place);
    void spec_source(const Json& source, const std::string& place);
    void say(std::string text) { messages_.push_back(std::move(text)); }

    const ManifestType& type_;
    const Knobs& knobs_;
    std::vector<std::string> messages_;
};

} // namespace kedge::sandbox
