#include "dialect/sent_values.h"
#include "dialect/zudu_parts.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace kedge::zudu {

namespace {

const Json& member(const Json& object, const std::string& key) {
    static const Json none;
    return object.is_object() && object.contains(key) ? object[key] : none;
}

bool has_header_auth(const Json& document) {
    const auto& auth = member(document, "auth_data");
    return member(auth, "type") == "header" && member(auth, "headers").is_object();
}

void place_headers(const Json& document, Json& kept) {
    Json credentials = Json::object();
    Json others = Json::object();
    const Json headers = headers_of(document);
    for (const auto& [name, value] : headers.items()) (carries_credential(name) ? credentials : others)[name] = value;
    if (!credentials.empty()) kept["auth_data"] = {{"type", "header"}, {"headers", std::move(credentials)}};
    if (!others.empty()) kept["additional_headers"] = std::move(others);
    // Of another kind, which check() refuses: left as it is written.
    const auto& auth = member(document, "auth_data");
    if (!auth.is_null() && !has_header_auth(document)) kept["auth_data"] = auth;
}

// What comes back of an approval. The rest is what the hash was made of.
Json canonical_approval(const Json& approval) {
    if (!approval.is_object()) return approval;
    Json kept = Json::object();
    for (const char* key : {"hash", "auto_approve"}) {
        if (const auto& value = member(approval, key); !value.is_null()) kept[key] = value;
    }
    Json conditions = member(approval, "conditions");
    if (conditions.is_object()) {
        if (conditions.contains("file_extensions")) sort_set(&conditions["file_extensions"]);
        for (auto it = conditions.begin(); it != conditions.end();) {
            const bool nothing = it->is_null() || (it->is_structured() && it->empty());
            it = nothing ? conditions.erase(it) : std::next(it);
        }
    }
    if (!conditions.is_null() && !conditions.empty()) kept["conditions"] = std::move(conditions);
    return kept;
}

Json canonical_block(const Json& block) {
    Json kept = Json::object();
    for (const char* key : {"approval_policy", "transport", "secret_id"}) {
        if (const auto& value = member(block, key); !value.is_null()) kept[key] = value;
    }
    const auto& approvals = member(block, "tool_approvals");
    if (approvals.is_object()) {
        kept["tool_approvals"] = Json::object(); // declared and empty: every approval goes
        for (const auto& [tool, approval] : approvals.items())
            kept["tool_approvals"][tool] = canonical_approval(approval);
    } else if (!approvals.is_null()) {
        kept["tool_approvals"] = approvals;
    }
    return kept;
}

// The part of a document that lies at these dotted paths.
Json part_at(const Json& document, const std::vector<std::string>& paths) {
    Json part = Json::object();
    for (auto pointer : paths) {
        std::replace(pointer.begin(), pointer.end(), '.', '/');
        const Json::json_pointer at("/" + pointer);
        if (document.contains(at)) part[at] = document[at];
    }
    return part;
}

// "/auth_data/headers/X-Key" as a person writes it. Names of headers may be the control plane's.
std::string dotted(std::string pointer) {
    std::replace(pointer.begin(), pointer.end(), '/', '.');
    return pointer.empty() ? pointer : words(std::string_view(pointer).substr(1), 120);
}

void drop_from_block(Json& document, const char* key) {
    auto& block = document["x-kedge"]["zudu"];
    block.erase(key);
    if (block.empty()) document.erase("x-kedge");
}

// What the control plane fills in does not count where git does not say it.
void drop_unset(Json& live, const Json& sent) {
    const auto& declared = block_of(sent);
    if (!live.contains("x-kedge")) return;
    auto& block = live["x-kedge"]["zudu"];
    for (auto it = block.begin(); it != block.end();)
        it = declared.is_object() && declared.contains(it.key()) ? std::next(it) : block.erase(it);
    if (block.empty()) live.erase("x-kedge");
}

} // namespace

const Json& block_of(const Json& document) {
    return member(member(document, "x-kedge"), "zudu");
}

const Json& approvals_of(const Json& document) {
    return member(block_of(document), "tool_approvals");
}

Json headers_of(const Json& document) {
    Json headers = Json::object();
    const auto take = [&](const Json& map) {
        if (!map.is_object()) return;
        for (const auto& [name, value] : map.items()) {
            if (!headers.contains(name)) headers[name] = value;
        }
    };
    if (has_header_auth(document)) take(document["auth_data"]["headers"]);
    take(member(document, "additional_headers"));
    return headers;
}

Json wire_fields(const Json& document) {
    Json fields = Json::object();
    for (const char* key : {"name", "url"}) fields[key] = member(document, key);
    const auto& description = member(document, "description");
    fields["description"] = description.is_null() ? Json("") : description;
    for (const char* key : {"approval_policy", "transport"}) {
        if (const auto& value = member(block_of(document), key); !value.is_null()) fields[key] = value;
    }
    fields["request_headers"] = headers_of(document);
    return fields;
}

Json canonical_manifest(const Json& document) {
    if (!document.is_object()) return document;
    Json kept = Json::object();
    for (const char* key : {"type", "name", "url", "description"}) {
        const auto& value = member(document, key);
        if (!value.is_null() && value != "") kept[key] = value;
    }
    place_headers(document, kept);
    if (auto block = canonical_block(block_of(document)); !block.empty())
        kept["x-kedge"] = {{"zudu", std::move(block)}};
    return kept;
}

Outcome compare_with_sent(const Setting& setting, const Operation& operation, const Json& live) {
    // Which secret a server has shows in the words of one generation alone.
    const bool tells = block_of(live).contains("secret_id");
    const auto canonical = [&](const Json& document) {
        Json form = canonical_manifest(document);
        if (!tells && block_of(form).is_object()) drop_from_block(form, "secret_id");
        return form;
    };
    Json read_back = canonical(live);
    drop_unset(read_back, canonical(operation.document));
    const auto likeness = kedge::compare_with_sent(operation, read_back, {}, canonical);
    const auto exact = [&](const Json& document) {
        return part_at(canonical(document), setting.description.rules.exact);
    };
    const auto left = kedge::compare_with_sent(operation, read_back, {}, exact);
    return Outcome{likeness.equal, likeness.secrets_hidden, dotted(left.difference)};
}

} // namespace kedge::zudu
