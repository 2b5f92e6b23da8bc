// Operations that only look: preflight, list, get, find_by_name.
#include "dialect/aeontel_parts.h"

namespace kedge::aeontel {

namespace {

Refused not_published(const Operation& operation) {
    return refused(operation, RefusalKind::invalid, "not published, and api: published does without it",
                   "set api: full");
}

} // namespace

// Nothing says whose a key is, so the first question is whether it opens the workspace:
// GET /api/mcp-servers?workspace_id=wsp_1&limit=1, or where only published paths are used
// GET /api/connectors?workspace_id=wsp_1&limit=1
Step next_preflight(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) {
        const std::string path = setting.options.published ? "/api/connectors" : "/api/mcp-servers";
        const auto query = "?workspace_id=" + percent_encode(setting.options.workspace) + "&limit=1";
        return Send{json_request("GET", path + query), false};
    }
    const auto& last = transcript.back();
    if (!last.answered || last.response.status != 200) return refuse(operation, last);
    const auto body = json_of(last.response);
    if (!body || !body->is_object() || !body->contains("data") || !(*body)["data"].is_array()) {
        return refuse(operation, last);
    }
    TargetIdentity identity;
    identity.dialect = "aeontel";
    identity.tenant = setting.options.workspace;
    Done done;
    done.identity = std::move(identity);
    return done;
}

Step next_list(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (setting.options.published) return not_published(operation);
    if (auto step = next_page(setting, operation, transcript)) return *step;
    Done done;
    for (const auto& page : transcript) done.listed += page.rows;
    return done;
}

Step next_get(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (!usable_id(operation.remote_id)) {
        return refused(operation, RefusalKind::broken, "an id that names no registration");
    }
    Said said(transcript);
    auto look = look_at(setting, operation, said);
    if (look.ask) return *look.ask;
    if (look.why) return *look.why;
    return look.row ? done_with(std::move(look.row->live)) : Done{};
}

Step next_find(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (setting.options.published) return not_published(operation);
    if (auto step = next_page(setting, operation, transcript)) return *step;
    auto named = named_in(setting, operation, transcript);
    if (named.why) return *named.why;
    if (named.rows.size() > 1) {
        return refused(operation, RefusalKind::inconsistent,
                       std::to_string(named.rows.size()) + " registrations have this name", "name one by its id");
    }
    return named.rows.empty() ? Done{} : done_with(std::move(named.rows.front().live));
}

} // namespace kedge::aeontel
