// PUT, GET and DELETE of servers.
#include "sandbox/answers.h"
#include "sandbox/call.h"
#include "sandbox/truefoundry.h"

#include <algorithm>
#include <random>

namespace kedge::sandbox {

HttpResponse TrueFoundry::not_found(std::string_view what) const {
    return error_answer(404, "MCP server " + std::string(what) + " not found");
}

// A guest sees what is shared with everybody or with itself.
bool TrueFoundry::visible(const Server& server, const Person& who) const {
    if (who.role != Role::guest) return true;
    const Json manifest = server.document();
    const auto list = manifest.find("collaborators");
    if (list == manifest.end() || !list->is_array()) return false;
    return std::any_of(list->begin(), list->end(), [&](const Json& collaborator) {
        const std::string subject = collaborator.is_object() ? collaborator.value("subject", "") : "";
        return subject == "team:everyone" || subject == "user:" + who.slug;
    });
}

HttpResponse TrueFoundry::put_mcp(Call& call) {
    Json manifest;
    if (auto refusal = read_envelope(call, manifest)) return std::move(*refusal);
    Upsert done = upsert(std::move(manifest), call);
    if (done.refusal) return std::move(*done.refusal);
    const int status = done.created && !call.note.dry_run ? knobs_.create_status : 200;
    return json_text_answer(status, "{\"data\":" + done.row + "}");
}

// The page's servers, in the list's order.
std::vector<Server*> TrueFoundry::select(const ListQuery& query, const Person& who, std::size_t& total) {
    const auto& all = registry().in_order();
    const bool whole = query.clauses.empty() && who.role != Role::guest && knobs_.list_order != "shuffled";
    std::vector<Server*> page;
    if (whole) {
        total = all.size();
        const bool newest_first = knobs_.list_order == "created_desc";
        for (std::size_t i = query.offset; i < total && page.size() < query.limit; ++i) {
            page.push_back(newest_first ? all[total - 1 - i] : all[i]);
        }
        return page;
    }
    std::vector<Server*> found;
    if (!query.clauses.empty()) {
        for (const auto& name : query.clauses.front()) {
            Server* server = query.wants(name) ? registry().by_name(name) : nullptr;
            if (server) found.push_back(server);
        }
        std::sort(found.begin(), found.end(),
                  [](const Server* a, const Server* b) { return a->sequence < b->sequence; });
    } else {
        found = all;
    }
    std::erase_if(found, [&](const Server* server) { return !visible(*server, who); });
    if (knobs_.list_order == "created_desc") std::reverse(found.begin(), found.end());
    if (knobs_.list_order == "shuffled") {
        std::mt19937_64 order(ground_.options().seed + ++lists_);
        std::shuffle(found.begin(), found.end(), order);
    }
    total = found.size();
    for (std::size_t i = query.offset; i < total && page.size() < query.limit; ++i) page.push_back(found[i]);
    return page;
}

HttpResponse TrueFoundry::list_mcp(Call& call) {
    const ListQueryResult asked = parse_list_query(call.request.target);
    if (!asked.problems.empty()) {
        Refusal refusal;
        refusal.status = 400;
        refusal.messages = asked.problems;
        refusal.always_array = true;
        return refusal_answer(refusal);
    }
    std::size_t total = 0;
    const auto page = select(asked.query, *call.who, total);
    std::size_t size = 200;
    for (const Server* server : page) size += server->row.size() + 1;
    std::string text;
    text.reserve(size);
    text += "{\"data\":[";
    for (const Server* server : page) {
        if (server != page.front()) text += ',';
        text += server->row;
    }
    text += "],\"pagination\":{\"total\":" + std::to_string(total);
    if (knobs_.pagination_bounds) {
        text += ",\"offset\":" + std::to_string(asked.query.offset) + ",\"limit\":" + std::to_string(asked.query.limit);
    }
    text += "}}";
    return json_text_answer(200, std::move(text));
}

HttpResponse TrueFoundry::get_mcp(Call& call) {
    const Server& server = *call.server;
    if (knobs_.mask_get == knobs_.mask_list) return json_text_answer(200, "{\"data\":" + server.row + "}");
    const std::string manifest = shown_manifest(server, knobs_.mask_get, knobs_);
    return json_text_answer(200, "{\"data\":" + row_text(server, manifest, RowStyle{knobs_, tenant()}) + "}");
}

HttpResponse TrueFoundry::delete_mcp(Call& call) {
    return erase(*call.server);
}

HttpResponse TrueFoundry::erase(Server& server) {
    if (knobs_.delete_checks_references) {
        for (const Server* other : registry().in_order()) {
            if (other->type != "mcp-server/virtual") continue;
            const Json manifest = other->document();
            for (const auto& source : manifest["servers"]) {
                if (source.value("name", "") == server.name) {
                    return error_answer(409, "MCP server " + server.name + " is used by virtual server " + other->name);
                }
            }
        }
    }
    registry().remove(server);
    return knobs_.delete_status == 204 ? no_content() : json_text_answer(200, "{}");
}

} // namespace kedge::sandbox
