// Operations that change something. Create and update are not published and off by default (writes: yes); what is
// always there is the switch:
//
//   GET --404--> Refused: gone     --moved--> Refused: conflict
//    '--> (PATCH what differs, GET) --> enabled as declared? --> POST enable or disable --as declared--> Done
//                                                                 |--a person has to act-------> Blocked
//                                                                 '--no clear end--> GET --> Done, Blocked, Refused,
//                                                                 Unsure
#include "dialect/gravity_rail_parts.h"

#include <algorithm>
#include <stdexcept>

namespace kedge::gravity_rail {

namespace {

Unsure unsure(const Operation& operation, const Exchange& write, const std::string& why) {
    return Unsure{refuse(operation, write).text + "; it may have been carried out: " + why};
}

Refused not_carried_out(const Operation& operation, const Exchange& write) {
    auto why = refuse(operation, write);
    why.text += "; read back: it was not carried out";
    return why;
}

struct Seen {
    std::optional<LiveDocument> live;
};
Seen seen(const GravityRailOptions& options, const Exchange& answer, const std::string& id) {
    Seen it;
    it.live = server_of(options, answer);
    if (it.live && it.live->remote_id != id) it.live.reset();
    return it;
}

// The fields of `document` that an update may change, and that `live` has otherwise.
Json changed_fields(const Json& document, const Json& live) {
    Json fields = Json::object();
    for (const char* key : {"name", "url"}) {
        if (!document.contains(key)) continue;
        const bool same = live.contains(key) && live[key] == document[key];
        if (!same) fields[key] = document[key];
    }
    return fields;
}

// What was written before the switch was tried stays written, and is told.
Step with_stored(Step step, const LiveDocument& stored) {
    if (auto* blocked = std::get_if<Blocked>(&step)) blocked->document = stored;
    return step;
}

// Enabling ended otherwise than in "on": by the state table that is somebody's next step, not a failure.
Condition waiting(const LiveDocument& live) {
    auto condition = live.condition;
    if (condition.text.empty()) condition.text = "was told to be enabled and is not";
    if (!condition.needs_person) condition.text += "; it has to be set up in Gravity Rail";
    condition.needs_person = true;
    return condition;
}

// Brings the switch to where it is declared, from what was last seen.
Step next_switch(const GravityRailOptions& options, const Operation& operation, Seen before, Said& said) {
    const auto wanted = enabled_in(operation.document);
    const auto id = before.live->remote_id;
    if (!wanted || enabled_in(before.live->document) == wanted) return done_with(std::move(*before.live));
    // The one state in which enabling is an error by the table: nobody but a person can go on.
    if (*wanted && before.live->condition.needs_person) return Blocked{before.live->condition};
    const auto* answer = said.next();
    if (!answer) {
        // Said in full: whoever wipes a registration loses its credentials.
        const std::string place = *wanted ? "/enable" : "/disable?clear_registration=false";
        return Send{request_of(options, "POST", "/" + id + place), true};
    }
    auto after = seen(options, *answer, id);
    if (after.live && enabled_in(after.live->document) == wanted) return done_with(std::move(*after.live));
    if (const auto person = asks_for_person(*answer)) return Blocked{*person};
    if (!answer->answered && !answer->sent) return refuse(operation, *answer);
    const int status = answer->response.status;
    if (status == 401 || status == 403 || status == 404 || status == 429) return refuse(operation, *answer);
    const auto* back = said.next();
    if (!back) return Send{request_of(options, "GET", "/" + id), false};
    after = seen(options, *back, id);
    if (!after.live && says_not_done(*answer)) return refuse(operation, *answer);
    if (!after.live) return unsure(operation, *answer, "reading back failed: " + refuse(operation, *back).text);
    if (enabled_in(after.live->document) == wanted) return done_with(std::move(*after.live));
    const bool took = answer->answered && status >= 200 && status <= 299;
    if (*wanted && (took || after.live->condition.needs_person)) return Blocked{waiting(*after.live)};
    return not_carried_out(operation, *answer);
}

// POST .../mcp-servers {"name", "url"}   (assumed)
HttpRequest create_request(const GravityRailOptions& options, const Operation& operation) {
    return request_of(options, "POST", "", changed_fields(operation.document, Json::object()));
}

// Exactly one new server of that name and url is the one that was made.
Step find_lost(const GravityRailOptions& options, const Operation& operation, const Exchange& post, Said& said,
               Seen& found) {
    const auto* list = said.next();
    if (!list) return Send{request_of(options, "GET", ""), false};
    const auto rows = rows_of(*list);
    if (!rows.is_array()) return unsure(operation, post, "reading back failed: " + refuse(operation, *list).text);
    std::size_t alike = 0;
    bool new_one = false;
    const auto& known = operation.known_ids;
    for (const auto& row : rows) {
        Seen it;
        try {
            it.live = read_server(options, row);
        } catch (const std::invalid_argument&) {
            continue; // without a name it is not the one that is looked for
        }
        const bool is_new = std::find(known.begin(), known.end(), it.live->remote_id) == known.end();
        const bool usable = is_new && usable_number(it.live->remote_id);
        new_one = new_one || (is_new && it.live->name == operation.name);
        if (!usable || !changed_fields(operation.document, it.live->document).empty()) continue;
        ++alike;
        found = std::move(it);
    }
    if (alike == 1) return done_with(*found.live);
    found = Seen{};
    if (alike > 1) return unsure(operation, post, std::to_string(alike) + " new ones have this name and url");
    if (new_one) return unsure(operation, post, "a new one of this name has another url than was sent");
    return unsure(operation, post, "there is none yet that this key can see");
}

} // namespace

Step next_create(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript) {
    if (!options.writes) {
        return refused(operation, RefusalKind::invalid, "create is not in the published API",
                       "create it in Gravity Rail and adopt it by its id, or set writes: yes on the target");
    }
    Said said(transcript);
    const auto* post = said.next();
    if (!post) return Send{create_request(options, operation), true};
    if (says_not_done(*post)) return refuse(operation, *post);
    Seen made;
    made.live = server_of(options, *post);
    if (!made.live || made.live->name != operation.name || made.live->remote_id.empty()) {
        made = Seen{};
        auto step = find_lost(options, operation, *post, said, made);
        if (!made.live) return step;
    }
    // It is there: whatever comes of the switch, its id must not be lost.
    const auto stored = made;
    auto step = with_stored(next_switch(options, operation, std::move(made), said), *stored.live);
    const bool failed = std::holds_alternative<Refused>(step) || std::holds_alternative<Unsure>(step);
    return failed ? done_with(*stored.live) : step;
}

Step next_update(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript) {
    const auto& id = operation.remote_id;
    if (!usable_number(id)) return refused(operation, RefusalKind::broken, "an id that is no number");
    Said said(transcript);
    const auto* look = said.next();
    if (!look) return Send{request_of(options, "GET", "/" + id), false};
    if (is_gone(*look)) return refuse(operation, *look);
    auto before = seen(options, *look, id);
    if (!before.live) return refuse(operation, *look);
    if (moved(operation.live_version, before.live->version))
        return refused(operation, RefusalKind::conflict, "it was changed in the control plane since the plan");
    const auto fields = changed_fields(operation.document, before.live->document);
    if (fields.empty()) return next_switch(options, operation, std::move(before), said);
    if (!options.writes) {
        // The engine leaves alone what an update does not reach; where the switch is to be moved as well, it is.
        const auto wanted = enabled_in(operation.document);
        if (wanted && wanted != enabled_in(before.live->document))
            return next_switch(options, operation, std::move(before), said);
        const auto what = "\"" + fields.begin().key() + "\" differs, and an update is not in the published API";
        return refused(operation, RefusalKind::invalid, what,
                       "change it in Gravity Rail, or set writes: yes on the target");
    }
    const auto* patch = said.next();
    if (!patch) return Send{request_of(options, "PATCH", "/" + id, fields), true};
    if (says_not_done(*patch)) return refuse(operation, *patch);
    const auto* back = said.next();
    if (!back) return Send{request_of(options, "GET", "/" + id), false};
    auto after = seen(options, *back, id);
    if (!after.live) return unsure(operation, *patch, "reading back failed: " + refuse(operation, *back).text);
    const auto left = changed_fields(operation.document, after.live->document);
    if (left.empty()) {
        const auto stored = *after.live;
        return with_stored(next_switch(options, operation, std::move(after), said), stored);
    }
    if (patch->answered && patch->response.status >= 200 && patch->response.status <= 299)
        return refused(operation, RefusalKind::broken,
                       "answered with success, but \"" + left.begin().key() + "\" does not read back as sent");
    if (moved(before.live->version, after.live->version))
        return unsure(operation, *patch, "it was written meanwhile, and differs from what was sent");
    return not_carried_out(operation, *patch);
}

// DELETE .../mcp-servers/7 -> 200 {...}; needs apps:admin.
Step next_remove(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript) {
    const auto& id = operation.remote_id;
    if (!usable_number(id)) return refused(operation, RefusalKind::broken, "an id that is no number");
    Said said(transcript);
    const auto* look = said.next();
    if (!look) return Send{request_of(options, "GET", "/" + id), false};
    if (is_gone(*look)) return Done{};
    const auto before = seen(options, *look, id);
    if (!before.live) return refuse(operation, *look);
    if (moved(operation.live_version, before.live->version))
        return refused(operation, RefusalKind::conflict, "it was changed in the control plane since the plan");
    const auto* write = said.next();
    if (!write) return Send{request_of(options, "DELETE", "/" + id), true};
    if (is_gone(*write)) return Done{};
    if (says_not_done(*write)) return refuse(operation, *write);
    const bool object = write->answered && write->response.status == 200 && json_of(write->response).has_value();
    if (object || (write->answered && write->response.status == 204)) return Done{};
    const auto* back = said.next();
    if (!back) return Send{request_of(options, "GET", "/" + id), false};
    if (is_gone(*back)) return Done{};
    if (seen(options, *back, id).live) return not_carried_out(operation, *write);
    return unsure(operation, *write, "reading back failed: " + refuse(operation, *back).text);
}

} // namespace kedge::gravity_rail
