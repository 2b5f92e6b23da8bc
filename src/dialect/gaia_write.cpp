// Operations that change something. success: true is said of ids that do not exist and of fields that are dropped, so
// nothing is believed before it was read:
//
//   POST --success: true, an id----> GET it --there--> Done
//    |                                  '--not answered-> Done, with what was sent; --not there--> Unsure
//    |--success: false, 4xx, never sent--> Refused: nothing was made
//    '--5xx, nonsense, answer lost---> list --one new one of that name, as sent--> Done
//                                        '--none, or not to be told--------------> Unsure
//
//   GET --not found--> Refused: gone           (a delete: Done)
//    |--moved, another project--> Refused: conflict
//    '--> PATCH, DELETE --success: false, 4xx, never sent--> Refused: nothing was changed
//          '--else--> GET --as sent (a delete: not found)--> Done, else Refused or Unsure
#include "dialect/gaia_parts.h"
#include "model/secret_fields.h"

#include <algorithm>
#include <array>

namespace kedge::gaia {

namespace {

Unsure unsure(const Setting& setting, const Operation& operation, const Exchange& write, const std::string& why) {
    return Unsure{refuse(setting, operation, write).text + "; it may have been carried out: " + why};
}

Refused not_carried_out(const Setting& setting, const Operation& operation, const Exchange& write) {
    auto why = refuse(setting, operation, write);
    why.text += "; read back: it was not carried out";
    why.hint.clear();
    return why;
}

Likeness likeness_of(const Setting& setting, const Operation& operation, const Row& row) {
    const auto shown = [&](Json document) { return shown_form(std::move(document), setting.options); };
    return compare_with_sent(operation, row.live.document, setting.description.rules, shown);
}

// Made, and not seen yet: the next list shows the rest.
Row as_sent(const Setting& setting, const Operation& operation, const std::string& id) {
    Row row;
    row.raw = {{"id", id}};
    row.live.remote_id = id;
    row.live.name = operation.name;
    row.live.type = operation.type;
    row.live.document = setting.options.as_built ? operation.document : shown_form(operation.document, setting.options);
    for_each_secret(row.live.document, [](const std::string&, Json& value) { value = masked_value(); });
    return row;
}

Step judge_lost_create(const Setting& setting, const Operation& operation, const Exchange& write, Said& said) {
    const auto* answer = said.next();
    if (!answer) return Send{list_request(setting.options), false};
    auto listing = listing_of(setting, operation, *answer);
    if (listing.why) return unsure(setting, operation, write, "reading back failed: " + listing.why->text);
    std::erase_if(listing.rows, [&](const Row& row) {
        const auto& known = operation.known_ids;
        return std::find(known.begin(), known.end(), row.live.remote_id) != known.end();
    });
    if (!setting.options.as_built && listing.rows.size() == 1) { // the documented list does not show all
        auto look = look_at(setting, operation, listing.rows.front().live.remote_id, said);
        if (look.ask) return *look.ask;
        if (look.why) return unsure(setting, operation, write, "reading back failed: " + look.why->text);
        listing.rows.clear();
        if (look.row) listing.rows.push_back(std::move(*look.row));
    }
    std::erase_if(listing.rows, [&](const Row& row) { return !likeness_of(setting, operation, row).equal; });
    if (listing.rows.size() == 1) return done_with(std::move(listing.rows.front().live));
    return unsure(setting, operation, write,
                  "read back: " + std::to_string(listing.rows.size()) + " new registrations are as it was sent");
}

// The row that a write must find: there, in the project, and as the plan saw it.
struct Before {
    std::optional<Step> step; // ask, or the end
    std::optional<Row> row;   // no step and no row: it is gone
};
Before before_write(const Setting& setting, const Operation& operation, Said& said) {
    Before before;
    if (!usable_id(operation.remote_id)) {
        before.step = refused(operation, RefusalKind::broken, "an id that names no registration");
        return before;
    }
    auto look = look_at(setting, operation, operation.remote_id, said);
    before.row = std::move(look.row);
    if (look.ask) before.step = *look.ask;
    if (look.why) before.step = *look.why;
    if (before.row && moved(operation.live_version, before.row->live.version))
        before.step = refused(operation, RefusalKind::conflict, "it was changed since the plan looked");
    return before;
}

// Nothing but a secret variable can be what is to change: its value cannot be compared.
bool is_about_env(const Setting& setting, const Operation& operation, const Row& before) {
    const auto& sealed = operation.sealed;
    const bool env_alone = !sealed.empty() && std::all_of(sealed.begin(), sealed.end(), [](const std::string& pointer) {
        return pointer.starts_with("/auth_data/env/");
    });
    return env_alone && likeness_of(setting, operation, before).equal;
}

// A field that PATCH drops without a word; empty where none of them differs.
std::string needs_replacement(const Setting& setting, const Operation& operation, const Row& before) {
    if (is_about_env(setting, operation, before)) return "auth_data.env";
    Json sent = shown_form(operation.document, setting.options);
    Json live = shown_form(before.live.document, setting.options);
    for (const auto& pointer : operation.sealed) {
        const Json::json_pointer at(pointer);
        if (!sent.contains(at) || !live.contains(at)) continue;
        sent[at] = masked_value();
        live[at] = masked_value();
    }
    for (const auto& path : setting.description.can.replace_fields) {
        std::string pointer = "/" + path;
        std::replace(pointer.begin(), pointer.end(), '.', '/');
        const Json::json_pointer at(pointer);
        const auto in = [&](const Json& document) { return document.contains(at) ? document[at] : Json(); };
        if (order_text(in(sent)) != order_text(in(live))) return path;
    }
    return {};
}

Step judge_update(const Setting& setting, const Operation& operation, const Exchange& write, const Row& before,
                  Row after) {
    const auto likeness = likeness_of(setting, operation, after);
    const bool said_done = flag_of(write) == true;
    const bool written = moved(before.live.version, after.live.version);
    if (likeness.equal && (said_done || written || !likeness.secrets_hidden)) return done_with(std::move(after.live));
    if (said_done) {
        return refused(operation, RefusalKind::broken,
                       "it said success: true, but \"" + words(likeness.difference, 120) + "\" is not as it was sent");
    }
    if (likeness.equal) return unsure(setting, operation, write, "a secret cannot be compared");
    if (written) return unsure(setting, operation, write, "it was written meanwhile, and differs from what was sent");
    return not_carried_out(setting, operation, write);
}

} // namespace

// POST /api/v1/mcp {"connectionType": "direct", "name": "github", "projectId": "p1", "transportType": ..., "url": ...}
// -> 200 {"success": true, "message": "...", "serverId": "645badf8-..."}
Step next_create(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) {
        return Send{create_request(setting.options, create_body(setting.options, operation.document)), true};
    }
    Said said(transcript);
    const auto& write = *said.next();
    if (refuses(write)) return refuse(setting, operation, write);
    const auto body = flag_of(write) == true ? json_of(write.response) : std::nullopt;
    const auto id = body ? text_at(*body, "serverId") : std::string();
    if (!usable_id(id)) return judge_lost_create(setting, operation, write, said);
    auto look = look_at(setting, operation, id, said);
    if (look.ask) return *look.ask;
    if (look.why) return done_with(as_sent(setting, operation, id).live);
    if (!look.row) return unsure(setting, operation, write, "it answered an id that is not there");
    if (look.row->live.name != operation.name) return unsure(setting, operation, write, "its id has another name");
    return done_with(std::move(look.row->live));
}

// PATCH /api/v1/mcp/{id}: of the nine fields that can be changed, those that git or the row has.
Step next_update(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) update_body(setting.options, operation.document, Json()); // throws before anything is asked
    Said said(transcript);
    auto before = before_write(setting, operation, said);
    if (before.step) return *before.step;
    if (!before.row) return refused(operation, RefusalKind::gone, "it is gone");
    if (const auto path = needs_replacement(setting, operation, *before.row); !path.empty()) {
        return refused(operation, RefusalKind::invalid, "\"" + path + "\" cannot be changed in place",
                       "the registration has to be replaced");
    }
    const auto* write = said.next();
    if (!write) {
        const auto body = update_body(setting.options, operation.document, before.row->raw);
        return Send{row_request(setting.options, "PATCH", operation.remote_id, body), true};
    }
    if (refuses(*write)) return refuse(setting, operation, *write);
    auto look = look_at(setting, operation, operation.remote_id, said);
    if (look.ask) return *look.ask;
    if (look.why) return unsure(setting, operation, *write, "reading back failed: " + look.why->text);
    if (!look.row) return refused(operation, RefusalKind::gone, "it is gone");
    return judge_update(setting, operation, *write, *before.row, std::move(*look.row));
}

// DELETE /api/v1/mcp/{id} -> 200 {"success": true}, also for an id that is not there
Step next_remove(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    Said said(transcript);
    auto before = before_write(setting, operation, said);
    if (before.step) return *before.step;
    if (!before.row) return Done{};
    const auto* write = said.next();
    if (!write) return Send{row_request(setting.options, "DELETE", operation.remote_id), true};
    const bool perhaps_gone = !setting.options.as_built && write->answered && write->response.status == 404;
    if (refuses(*write) && !perhaps_gone) return refuse(setting, operation, *write);
    auto look = look_at(setting, operation, operation.remote_id, said);
    if (look.ask) return *look.ask;
    if (look.why) return unsure(setting, operation, *write, "reading back failed: " + look.why->text);
    if (!look.row) return Done{};
    if (flag_of(*write) != true) return not_carried_out(setting, operation, *write);
    return refused(operation, RefusalKind::broken, "it said success: true, and the registration is still there");
}

} // namespace kedge::gaia
