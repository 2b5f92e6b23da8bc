// Operations that change something. Names are not unique, nothing can be tried first, and no answer is believed where
// it does not show what was sent:
//
//   POST --2xx and a row---------------------> Done, or Blocked: the connector waits for a person
//    |--4xx, or never sent-------------------> Refused: nothing was made
//    '--5xx, nonsense, answer lost---> list --one new one of that name, as sent--> Done
//                                        '--none, or not to be told--------------> Unsure
//
//   GET --404---------> Refused: gone
//    |--moved---------> Refused: conflict
//    '--> PATCH --2xx and a row that shows it--> Done, or Blocked
//          |--2xx, something is left-----------> Refused, named
//          |--4xx, or never sent---------------> Refused: nothing was changed
//          '--otherwise--> GET --as sent--> Done, else Refused or Unsure
#include "dialect/aeontel_parts.h"

#include <algorithm>

namespace kedge::aeontel {

namespace {

// A POST or PATCH is refused for a collision, unlike an upsert.
bool refuses(const Exchange& write) {
    return surely_not_done(write) || (write.answered && write.response.status == 409);
}

Unsure unsure(const Operation& operation, const Exchange& write, const std::string& why) {
    return Unsure{refuse(operation, write).text + "; it may have been carried out: " + why};
}

Refused not_carried_out(const Operation& operation, const Exchange& write) {
    auto why = refuse(operation, write);
    why.text += "; read back: it was not carried out";
    why.hint.clear();
    return why;
}

Step end_with(Row row) {
    if (row.live.condition.needs_person) {
        Blocked blocked;
        blocked.condition = row.live.condition;
        blocked.document = std::move(row.live);
        return blocked;
    }
    Done done;
    done.document = std::move(row.live);
    return done;
}

Likeness likeness_of(const Setting& setting, const Operation& operation, const Row& row) {
    return compare_with_sent(operation, row.live.document, setting.description.rules, canonical_manifest);
}

Step judge_lost_create(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    const auto& write = transcript.front();
    if (setting.options.published) return unsure(operation, write, "the list is not published");
    const std::span<const Exchange> pages(transcript.begin() + 1, transcript.end());
    if (auto step = next_page(setting, operation, pages)) {
        if (const auto* why = std::get_if<Refused>(&*step))
            return unsure(operation, write, "reading back failed: " + why->text);
        return *step;
    }
    auto named = named_in(setting, operation, pages);
    if (named.why) return unsure(operation, write, "reading back failed: " + named.why->text);
    std::erase_if(named.rows, [&](const Row& row) {
        const auto& known = operation.known_ids;
        const bool old = std::find(known.begin(), known.end(), row.live.remote_id) != known.end();
        return old || !likeness_of(setting, operation, row).equal;
    });
    if (named.rows.size() == 1) return end_with(std::move(named.rows.front()));
    return unsure(operation, write,
                  "read back: " + std::to_string(named.rows.size()) + " new registrations are as it was sent");
}

Step judge_lost_update(const Setting& setting, const Operation& operation, const Exchange& write, const Row& before,
                       Row after) {
    const auto& now = after.live.version;
    const bool known = !before.live.version.empty() && !now.empty();
    const bool moved = known && now != before.live.version;
    const auto likeness = likeness_of(setting, operation, after);
    if (likeness.equal) {
        if (!likeness.secrets_hidden || moved) return end_with(std::move(after));
        // All that can be read is as it should be: whether the secret arrived shows in the version alone.
        if (known) return not_carried_out(operation, write);
        return unsure(operation, write, "a secret cannot be read back");
    }
    if (moved) return unsure(operation, write, "it was written meanwhile, and differs from what was sent");
    return not_carried_out(operation, write);
}

// The row that a write must find: there, in the workspace, and as the plan saw it.
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
    auto look = look_at(setting, operation, said);
    before.row = std::move(look.row);
    if (look.ask) before.step = *look.ask;
    if (look.why) before.step = *look.why;
    if (!before.row) return before;
    const auto& version = before.row->live.version;
    if (!operation.live_version.empty() && !version.empty() && version != operation.live_version) {
        before.step = refused(operation, RefusalKind::conflict, "it was changed since the plan looked");
    }
    return before;
}

} // namespace

// POST /api/mcp-servers
// {"apiKey":"...","authType":"api_key","headers":{},"name":"github","url":"https://...","workspaceId":"wsp_1"}
Step next_create(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) {
        const auto body = create_body(setting.options, operation.document);
        return Send{json_request("POST", "/api/mcp-servers", body), true};
    }
    const auto& write = transcript.front();
    if (refuses(write)) return refuse(operation, write);
    auto row = row_of(setting.options, write);
    const bool ours = row && row->live.name == operation.name && usable_id(row->live.remote_id);
    if (ours) return end_with(std::move(*row));
    return judge_lost_create(setting, operation, transcript);
}

// PATCH /api/mcp-servers/{id}: every field that git states, and an explicit null for what it does not.
Step next_update(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) update_body(operation.document, Json()); // throws before anything is asked
    Said said(transcript);
    auto before = before_write(setting, operation, said);
    if (before.step) return *before.step;
    if (!before.row) return refused(operation, RefusalKind::gone, "it is gone");
    const auto body = update_body(operation.document, before.row->raw);
    const auto* write = said.next();
    if (!write) return Send{json_request("PATCH", path_of(operation.remote_id), body), true};
    if (refuses(*write)) return refuse(operation, *write);
    auto row = row_of(setting.options, *write);
    if (row && row->live.remote_id == operation.remote_id) {
        const auto left = not_taken(operation, body, row->raw);
        if (left.empty()) return end_with(std::move(*row));
        return refused(operation, RefusalKind::broken,
                       "it was taken (" + std::to_string(write->response.status) + "), but \"" + words(left, 120) +
                           "\" is not as it was sent",
                       "set it in the Aeontel workspace, and report what it takes there");
    }
    auto look = look_at(setting, operation, said);
    if (look.ask) return *look.ask;
    if (look.why) return unsure(operation, *write, "reading back failed: " + look.why->text);
    if (!look.row) return refused(operation, RefusalKind::gone, "it is gone");
    return judge_lost_update(setting, operation, *write, *before.row, std::move(*look.row));
}

// DELETE /api/mcp-servers/{id} -> 200, 202 or 204; 404: it is gone already. A deleted one is kept and no longer shown.
Step next_remove(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (setting.options.published) {
        return refused(operation, RefusalKind::invalid, "not published, and api: published does without it",
                       "set api: full");
    }
    Said said(transcript);
    auto before = before_write(setting, operation, said);
    if (before.step) return *before.step;
    if (!before.row) return Done{};
    const auto* write = said.next();
    if (!write) return Send{json_request("DELETE", path_of(operation.remote_id)), true};
    const int status = write->answered ? write->response.status : 0;
    if (status == 404) return Done{};
    if (refuses(*write)) return refuse(operation, *write);
    if (status == 200 || status == 204) return Done{};
    auto look = look_at(setting, operation, said);
    if (look.ask) return *look.ask;
    if (look.why) return unsure(operation, *write, "reading back failed: " + look.why->text);
    return look.row ? Step(not_carried_out(operation, *write)) : Step(Done{});
}

} // namespace kedge::aeontel
