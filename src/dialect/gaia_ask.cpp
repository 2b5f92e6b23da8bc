// Operations that only look: preflight, list, get, find_by_name, and the rehearsal.
#include "dialect/gaia_parts.h"

#include <algorithm>

namespace kedge::gaia {

namespace {

// Where the values that a dry run would need are kept out of it.
bool has_sealed_reach(const Operation& operation) {
    return std::any_of(operation.sealed.begin(), operation.sealed.end(), [](const std::string& pointer) {
        return pointer.starts_with("/auth_data/headers") || pointer.starts_with("/auth_data/env") ||
               pointer.starts_with("/additional_headers");
    });
}

} // namespace

// Nothing says whose a key is: the list shows whether it is one. An unknown project has an empty list.
Step next_preflight(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) return Send{list_request(setting.options), false};
    const auto listing = listing_of(setting, operation, transcript.back());
    if (listing.why) return *listing.why;
    TargetIdentity identity;
    identity.dialect = "gaia";
    identity.tenant = setting.options.project;
    Done done;
    done.identity = std::move(identity);
    return done;
}

// GET /api/v1/mcp?projectId=p1 -> 200 {"success": true, "servers": [...]}, all of them
Step next_list(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) return Send{list_request(setting.options), false};
    const auto listing = listing_of(setting, operation, transcript.back());
    if (listing.why) return *listing.why;
    Done done;
    done.listed = listing.all;
    return done;
}

Step next_get(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (!usable_id(operation.remote_id)) {
        return refused(operation, RefusalKind::broken, "an id that names no registration");
    }
    Said said(transcript);
    auto look = look_at(setting, operation, operation.remote_id, said);
    if (look.ask) return *look.ask;
    if (look.why) return *look.why;
    return look.row ? done_with(std::move(look.row->live)) : Done{};
}

Step next_find(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    Said said(transcript);
    const auto* answer = said.next();
    if (!answer) return Send{list_request(setting.options), false};
    auto listing = listing_of(setting, operation, *answer);
    if (listing.why) return *listing.why;
    if (listing.rows.size() > 1) {
        return refused(operation, RefusalKind::inconsistent,
                       std::to_string(listing.rows.size()) + " registrations have this name", "name one by its id");
    }
    if (listing.rows.empty()) return Done{};
    if (setting.options.as_built) return done_with(std::move(listing.rows.front().live));
    auto look = look_at(setting, operation, listing.rows.front().live.remote_id, said);
    if (look.ask) return *look.ask;
    if (look.why) return *look.why;
    return look.row ? done_with(std::move(look.row->live)) : Done{};
}

// POST /api/v1/mcp/validate {"transportType", "url", ...} -> 200 {"valid", "message", "status"}. Stores nothing, but
// GAIA AI contacts the MCP server for it.
Step next_rehearse(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (!setting.options.validate) {
        return refused(operation, RefusalKind::invalid, "GAIA AI has none", "validate: yes asks whether it answers");
    }
    if (has_sealed_reach(operation)) {
        return refused(operation, RefusalKind::broken, "it needs a secret, which no dry run gets");
    }
    if (transcript.empty()) {
        return Send{validate_request(setting.options, validate_body(setting.options, operation.document)), false};
    }
    const auto& last = transcript.back();
    const auto body = is_success(last) ? json_of(last.response) : std::nullopt;
    const auto& valid = body ? member(*body, "valid") : member(Json(), "valid");
    if (!valid.is_boolean()) return refuse(setting, operation, last);
    if (valid == true) {
        LiveDocument would_be;
        would_be.remote_id = operation.remote_id;
        would_be.name = operation.name;
        would_be.type = operation.type;
        would_be.document = operation.document;
        return done_with(std::move(would_be));
    }
    const bool late = text_at(*body, "status") == "timeout";
    auto why = refused(operation, late ? RefusalKind::busy : RefusalKind::invalid,
                       late ? "the MCP server took too long" : "the MCP server does not answer as it is declared");
    why.theirs = words(text_at(*body, "message"), 300);
    return why;
}

} // namespace kedge::gaia
