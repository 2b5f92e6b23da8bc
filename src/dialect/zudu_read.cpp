#include "dialect/zudu_parts.h"
#include "model/secret_fields.h"

#include <initializer_list>
#include <stdexcept>

namespace kedge::zudu {

namespace {

// The first of these names that the row, or its echo in "config", has something for.
const Json& field(const Json& row, std::initializer_list<const char*> names) {
    static const Json none;
    const auto config = row.find("config");
    for (const Json* place : {&row, config == row.end() ? nullptr : &*config}) {
        if (place == nullptr || !place->is_object()) continue;
        for (const char* name : names) {
            const auto found = place->find(name);
            if (found != place->end() && !found->is_null()) return *found;
        }
    }
    return none;
}

std::string text_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
}

// Milliseconds since the epoch; a text is taken as it is.
std::string version_of(const Json& row) {
    const auto& moved = field(row, {"updated_at"});
    return moved.is_number_integer() ? moved.dump() : text_of(moved);
}

// {"tool_name", "approval_hash", "auto_approve", "approval_conditions"} of one generation,
// {"tool_name", "tool_hash", "approval_policy": "auto_approved" | "requires_approval"} of the other.
Json read_approval(const Json& item) {
    Json approval = Json::object();
    const auto take = [&](const char* from, const char* to) {
        if (item.contains(from) && !item[from].is_null()) approval[to] = item[from];
    };
    take("tool_hash", "hash");
    take("approval_hash", "hash");
    const auto policy = item.contains("approval_policy") ? text_of(item["approval_policy"]) : std::string();
    if (policy == "auto_approved") approval["auto_approve"] = true;
    if (policy == "requires_approval") approval["auto_approve"] = false;
    take("auto_approve", "auto_approve");
    take("approval_conditions", "conditions");
    return approval;
}

Json read_approvals(const Json& list) {
    Json approvals = Json::object();
    if (!list.is_array()) return approvals;
    for (const auto& item : list) {
        const auto tool = item.is_object() && item.contains("tool_name") ? text_of(item["tool_name"]) : std::string();
        // A tool called ".." would make another address of the one that revokes its approval.
        if (usable_id(tool)) approvals[tool] = read_approval(item);
    }
    return approvals;
}

Json read_block(const Json& row) {
    Json block = Json::object();
    const auto take = [&](const char* key, const Json& value) {
        if (!value.is_null()) block[key] = value;
    };
    take("approval_policy", field(row, {"approval_policy"}));
    take("transport", field(row, {"transport"}));
    const auto& token = field(row, {"secret_token"});
    take("secret_id", field(row, {"secret_token_id"}));
    if (token.is_object() && token.contains("secret_id")) take("secret_id", token["secret_id"]);
    block["tool_approvals"] = read_approvals(field(row, {"tool_approval_hashes"}));
    return block;
}

} // namespace

LiveDocument read_server(const Json& row) {
    if (!row.is_object()) throw std::invalid_argument("a row that is no object");
    LiveDocument live;
    live.name = text_of(field(row, {"name", "server_name"}));
    if (live.name.empty()) throw std::invalid_argument("a row without a name");
    live.remote_id = row.contains("id") ? text_of(row["id"]) : std::string();
    live.type = "mcp-server/remote";
    live.version = version_of(row);
    auto& document = live.document;
    document = {{"type", live.type}, {"name", live.name}};
    if (const auto& url = field(row, {"url", "server_url"}); !url.is_null()) document["url"] = url;
    if (const auto& text = field(row, {"description"}); !text.is_null()) document["description"] = text;
    const auto& headers = field(row, {"request_headers"});
    if (headers.is_object() && !headers.empty()) document["auth_data"] = {{"type", "header"}, {"headers", headers}};
    document["x-kedge"] = {{"zudu", read_block(row)}};
    neutralise(document);
    mask_hidden(document);
    // Each header where a person would have written it.
    document = canonical_manifest(document);
    return live;
}

} // namespace kedge::zudu
