#include "sandbox/product.h"

namespace kedge::sandbox {

bool may(const Person& who, Need need) {
    switch (need) {
    case Need::nobody:
    case Need::reading:
        return true;
    case Need::writing:
        return may_write(who.role);
    case Need::administering:
        return who.role == Role::admin;
    }
    return false;
}

void note_subject(Ground& ground, Call& call) {
    for (const auto slot : call.slots) {
        if (Server* server = ground.registry().by_id(slot)) {
            call.server = server;
            call.id = slot;
            call.note.name = server->name;
        }
    }
    if (call.request.body.empty()) return;
    call.body = parse_body(call.request.body);
    if (!call.body || !call.note.name.empty()) return;
    call.note.name = text_of(*call.body, "name");
    if (call.note.name.empty()) call.note.name = text_of(value_of(*call.body, "config"), "name");
}

std::optional<std::int64_t> query_number(const HttpRequest& request, std::string_view name, QueryBounds bounds) {
    const std::string text = query_parameter(request.target, name);
    if (text.empty()) return bounds.fallback;
    std::int64_t value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = end.ec == std::errc() && end.ptr == text.data() + text.size();
    if (!whole || value < bounds.least || value > bounds.most) return std::nullopt;
    return value;
}

HttpResponse json_answer(int status, const Json& json) {
    return json_text_answer(status, json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::optional<Json> object_body(Call& call) {
    if (!call.body || !call.body->is_object()) return std::nullopt;
    return call.body;
}

void put_members(Json& document, const Json& changes, const std::vector<FieldRule>& rules, bool merge_maps) {
    for (const auto& [key, value] : changes.items()) {
        if (!rule_of(rules, key)) continue;
        if (merge_maps && value.is_object() && value_of(document, key).is_object()) {
            document[key].update(value);
        } else {
            document[key] = value;
        }
    }
}

} // namespace kedge::sandbox
