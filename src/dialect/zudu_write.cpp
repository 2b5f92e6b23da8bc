// Operations that change something. Names are not unique and nothing can be tried first, so a create is sent once:
//
//   POST --success, a server----------------------------------> GET it -> tool approvals -> Done
//    |--4xx, status "error", or never sent--> Refused: nothing was made
//    '--answer lost, 5xx, nonsense---> the whole list --one new one of that name, as sent--> as above
//                                        '--none, or not to be told---> Unsure
//
//   GET --404---------> Refused: gone
//    |--moved---------> Refused: conflict
//    '--> PATCH what differs -> tool approvals -> GET --as sent--> Done
//                                                  '--otherwise--> Refused, or Unsure where a write had no clear end
#include "dialect/zudu_parts.h"

#include <algorithm>
#include <stdexcept>

namespace kedge::zudu {

namespace {

Unsure unsure(const Operation& operation, const Exchange& write, const std::string& why) {
    const auto cause = refuse(operation, write).text;
    return Unsure{cause + "; it may have been carried out: " + why};
}

Refused not_carried_out(const Operation& operation, const Exchange& write) {
    auto why = refuse(operation, write);
    why.text += "; read back: it was not carried out";
    why.hint.clear();
    return why;
}

// The server of that id, as a GET told it.
struct Seen {
    std::optional<LiveDocument> live;
    Json row;
};
Seen seen_in(const Exchange& look, const std::string& id) {
    Seen it;
    it.live = server_of(look, &it.row);
    if (it.live && it.live->remote_id != id) it.live.reset();
    return it;
}

Send look_at(const std::string& id) {
    return Send{request_of("GET", path_of(id)), false};
}

bool wants_secret_id(const Operation& operation) {
    const auto& block = block_of(operation.document);
    return block.is_object() && block.contains("secret_id");
}

// {"config": {"name", "url", "description", "approval_policy", "transport", "request_headers",
//             "secret_token": {"secret_id"}}}, of which only name and url have to be there.
HttpRequest create_request(const Operation& operation) {
    Json config = wire_fields(operation.document);
    if (config["description"] == "") config.erase("description");
    if (config["request_headers"].empty()) config.erase("request_headers");
    if (wants_secret_id(operation)) config["secret_token"] = {{"secret_id", block_of(operation.document)["secret_id"]}};
    return request_of("POST", "", {{"config", std::move(config)}});
}

// {"tool_name", "approval_hash", "auto_approve", "approval_conditions"}, or in the hand-written generation
// {"tool_name", "tool_hash", "tool_description", "input_schema", "approval_policy"}
Json approval_body(const ZuduOptions& options, const std::string& tool, const Json& approval) {
    const auto member = [&](const char* key, Json fallback) { return approval.value(key, std::move(fallback)); };
    const Json automatic = member("auto_approve", false);
    if (!options.wrapped) {
        return {{"tool_name", tool},
                {"approval_hash", member("hash", "")},
                {"auto_approve", automatic},
                {"approval_conditions", member("conditions", Json::object())}};
    }
    return {{"tool_name", tool},
            {"tool_hash", member("hash", "")},
            {"tool_description", member("description", "")},
            {"input_schema", member("input_schema", Json::object())},
            {"approval_policy", automatic == true ? "auto_approved" : "requires_approval"}};
}

// PATCH /api/mcp-servers/{id}: the fields that differ, alone. A token differs from every value.
std::optional<HttpRequest> patch_request(const Setting& setting, const Operation& operation, const LiveDocument& live) {
    const Json wanted = wire_fields(operation.document);
    const Json present = wire_fields(live.document);
    Json fields = Json::object();
    for (const auto& [key, value] : wanted.items()) {
        if (!present.contains(key) || canonical_json(present[key]) != canonical_json(value)) fields[key] = value;
    }
    if (fields.empty()) return std::nullopt;
    Json body = setting.options.wrapped ? Json{{"config", std::move(fields)}} : std::move(fields);
    return request_of("PATCH", path_of(live.remote_id), body);
}

std::vector<HttpRequest> approval_requests(const Setting& setting, const Operation& operation,
                                           const LiveDocument& live) {
    std::vector<HttpRequest> requests;
    const auto& declared = approvals_of(operation.document);
    if (!declared.is_object()) return requests;
    const Json wanted = canonical_manifest(operation.document);
    const Json present = canonical_manifest(live.document);
    const auto at = path_of(live.remote_id) + "/tool-approvals";
    for (const auto& [tool, approval] : approvals_of(present).items()) {
        if (!declared.contains(tool)) requests.push_back(request_of("DELETE", at + "/" + percent_encode(tool)));
    }
    for (const auto& [tool, approval] : approvals_of(wanted).items()) {
        const auto& there = approvals_of(present);
        const bool as_wanted = there.contains(tool) && canonical_json(there[tool]) == canonical_json(approval);
        if (as_wanted || !declared[tool].is_object()) continue;
        requests.push_back(request_of("POST", at, approval_body(setting.options, tool, declared[tool])));
    }
    return requests;
}

// How far the writes came. `send` where the next one is due, `unclear` where one had no clear end.
struct Progress {
    std::optional<Step> send;
    const Exchange* refused = nullptr;
    const Exchange* unclear = nullptr;
    std::size_t carried_out = 0;
};
Progress carry_out(const std::vector<HttpRequest>& writes, Said& said) {
    Progress progress;
    for (const auto& request : writes) {
        const auto* answer = said.next();
        if (!answer) {
            progress.send = Send{request, true};
            return progress;
        }
        if (!succeeded(*answer)) {
            (says_not_done(*answer) ? progress.refused : progress.unclear) = answer;
            return progress;
        }
        ++progress.carried_out;
    }
    return progress;
}

Step judge_update(const Setting& setting, const Operation& operation, const LiveDocument& before,
                  const Progress& progress, Seen after) {
    const auto likeness = compare_with_sent(setting, operation, after.live->document);
    const bool touched = moved(before.version, after.live->version);
    if (!progress.unclear) {
        if (likeness.differs.empty()) return done_with(std::move(*after.live));
        return refused(operation, RefusalKind::broken,
                       "the control plane answered with success, but \"" + likeness.differs +
                           "\" does not read back as sent");
    }
    if (likeness.equal) {
        // A secret that is hidden or not ours to see arrived only if the row moved.
        if (!likeness.secrets_hidden || touched) return done_with(std::move(*after.live));
        const bool known = !before.version.empty() && !after.live->version.empty();
        if (known) return not_carried_out(operation, *progress.unclear);
        return unsure(operation, *progress.unclear, "a secret cannot be read back");
    }
    if (progress.carried_out > 0) {
        auto why = not_carried_out(operation, *progress.unclear);
        why.text += ", what came before it was";
        return why;
    }
    if (touched)
        return unsure(operation, *progress.unclear, "it was written meanwhile, and differs from what was sent");
    return not_carried_out(operation, *progress.unclear);
}

// One new server of that name, equal in all that can be read, is the one that was made.
struct Lost {
    std::optional<Step> step;
    std::string id;
};
Lost find_lost(const Setting& setting, const Operation& operation, const Exchange& post, Said& said) {
    Lost lost;
    const auto listed = list_all(setting, operation, said);
    if (listed.step) {
        lost.step = listed.step;
        return lost;
    }
    if (listed.problem) {
        lost.step = unsure(operation, post, "reading back failed: " + listed.problem->text);
        return lost;
    }
    std::vector<std::string> ids;
    bool new_one = false;
    const auto& known = operation.known_ids;
    for (const auto& server : listed.servers) {
        const bool is_new = std::find(known.begin(), known.end(), server.remote_id) == known.end();
        if (!is_new || server.name != operation.name) continue;
        new_one = true;
        if (wire_fields(server.document)["url"] == wire_fields(operation.document)["url"])
            ids.push_back(server.remote_id);
    }
    if (ids.size() == 1)
        lost.id = ids.front();
    else if (!ids.empty())
        lost.step = unsure(operation, post, std::to_string(ids.size()) + " new ones have this name and url");
    else if (new_one)
        lost.step = unsure(operation, post, "a new one of this name has another url than was sent");
    else
        lost.step = unsure(operation, post, "there is none yet");
    return lost;
}

Operation without_approvals(Operation operation) {
    if (approvals_of(operation.document).is_object()) operation.document["x-kedge"]["zudu"].erase("tool_approvals");
    return operation;
}

// The server is there: whatever fails from here on, its id must not be lost.
Step finish_create(const Setting& setting, const Operation& operation, Seen made, Said& said) {
    const auto id = made.live->remote_id;
    const auto writes = approval_requests(setting, operation, *made.live);
    if (writes.empty()) return done_with(std::move(*made.live));
    auto progress = carry_out(writes, said);
    if (progress.send) return *progress.send;
    const auto* back = said.next();
    if (!back) return look_at(id);
    auto after = seen_in(*back, id);
    return done_with(after.live ? std::move(*after.live) : std::move(*made.live));
}

// Who would lose the server; empty: nobody, as far as is said.
std::string dependents_of(const Json& row) {
    if (!row.contains("dependent_agents") || row["dependent_agents"].is_null()) return {};
    const auto& agents = row["dependent_agents"];
    if (!agents.is_array()) return "which agents depend on it cannot be told";
    std::string names;
    for (const auto& agent : agents) {
        const Json* name = agent.is_string() ? &agent : nullptr;
        for (const char* key : {"name", "agent_name", "agent_id", "id"}) {
            if (!name && agent.is_object() && agent.contains(key) && agent[key].is_string()) name = &agent[key];
        }
        if (name && names.size() < 300)
            names += (names.empty() ? ": " : ", ") + words(name->get_ref<const std::string&>(), 60);
    }
    if (agents.empty()) return {};
    return std::to_string(agents.size()) + (agents.size() == 1 ? " agent depends on it" : " agents depend on it") +
           names;
}

} // namespace

Step next_create(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    Said said(transcript);
    const auto* post = said.next();
    if (!post) return Send{create_request(operation), true};
    if (says_not_done(*post)) return refuse(operation, *post);
    Seen made;
    made.live = server_of(*post, &made.row);
    const bool told = made.live && made.live->name == operation.name && usable_id(made.live->remote_id);
    std::string id;
    if (told) {
        id = made.live->remote_id;
    } else {
        auto lost = find_lost(setting, operation, *post, said);
        if (lost.step) return *lost.step;
        id = lost.id;
    }
    const auto* look = said.next();
    if (!look) return look_at(id);
    auto there = seen_in(*look, id);
    if (told) return finish_create(setting, operation, there.live ? std::move(there) : std::move(made), said);
    if (!there.live) return unsure(operation, *post, "reading back failed: " + refuse(operation, *look).text);
    if (!compare_with_sent(setting, without_approvals(operation), there.live->document).equal)
        return unsure(operation, *post, "the new one of this name and url differs from what was sent");
    // It failed on the way, and this is what nobody can read back: half of a server may be there.
    const bool unseen = wants_secret_id(operation) && !block_of(there.live->document).contains("secret_id");
    if (unseen && post->answered)
        return unsure(operation, *post, "the new one does not show whether it got its \"x-kedge.zudu.secret_id\"");
    return finish_create(setting, operation, std::move(there), said);
}

Step next_update(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    const auto& id = operation.remote_id;
    if (!usable_id(id)) return refused(operation, RefusalKind::broken, "an id that names no registration");
    Said said(transcript);
    const auto* look = said.next();
    if (!look) return look_at(id);
    if (is_gone(*look)) return refuse(operation, *look);
    auto before = seen_in(*look, id);
    if (!before.live) return refuse(operation, *look);
    if (moved(operation.live_version, before.live->version))
        return refused(operation, RefusalKind::conflict, "it was changed in the control plane since the plan");
    const auto& present = block_of(before.live->document);
    const bool told = wants_secret_id(operation) && present.contains("secret_id");
    if (told && block_of(operation.document)["secret_id"] != present["secret_id"])
        return refused(operation, RefusalKind::invalid, "\"x-kedge.zudu.secret_id\" cannot be changed in place");

    std::vector<HttpRequest> writes;
    if (auto patch = patch_request(setting, operation, *before.live)) writes.push_back(std::move(*patch));
    for (auto& request : approval_requests(setting, operation, *before.live)) writes.push_back(std::move(request));
    if (writes.empty()) return done_with(std::move(*before.live));
    const auto progress = carry_out(writes, said);
    if (progress.send) return *progress.send;
    if (progress.refused) {
        auto why = refuse(operation, *progress.refused);
        if (progress.carried_out > 0) why.text += "; what came before it was carried out";
        return why;
    }
    const auto* back = said.next();
    if (!back) return look_at(id);
    auto after = seen_in(*back, id);
    if (!after.live && !progress.unclear) {
        // Not read back: what a PATCH answers is most of the row. Approvals came after it, each with its own answer.
        after = seen_in(transcript[1], id);
        if (after.live)
            return judge_update(setting, without_approvals(operation), *before.live, progress, std::move(after));
    }
    if (after.live) return judge_update(setting, operation, *before.live, progress, std::move(after));
    const auto why = "reading back failed: " + refuse(operation, *back).text;
    if (progress.unclear) return unsure(operation, *progress.unclear, why);
    return Unsure{attempt(operation) + ": answered with success, but " + why};
}

// DELETE /api/mcp-servers/{id}, which no page has (deletes: yes): refused while agents depend on the server, and done
// only when a GET says 404.
Step next_remove(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    const auto& id = operation.remote_id;
    if (!setting.options.deletes) {
        return refused(operation, RefusalKind::invalid, "no page of Zudu AI has a delete",
                       "set deletes: yes on the target to try it, or delete it in the portal");
    }
    if (!usable_id(id)) return refused(operation, RefusalKind::broken, "an id that names no registration");
    Said said(transcript);
    const auto* look = said.next();
    if (!look) return look_at(id);
    if (is_gone(*look)) return Done{};
    const auto before = seen_in(*look, id);
    if (!before.live) return refuse(operation, *look);
    if (moved(operation.live_version, before.live->version))
        return refused(operation, RefusalKind::conflict, "it was changed in the control plane since the plan");
    if (const auto agents = dependents_of(before.row); !agents.empty())
        return refused(operation, RefusalKind::conflict, agents, "take it off these agents first");
    const auto* write = said.next();
    if (!write) return Send{request_of("DELETE", path_of(id)), true};
    if (says_not_done(*write) && write->response.status != 404) return refuse(operation, *write);
    const auto* back = said.next();
    if (!back) return look_at(id);
    if (is_gone(*back)) return Done{};
    if (!seen_in(*back, id).live)
        return unsure(operation, *write, "reading back failed: " + refuse(operation, *back).text);
    auto why = not_carried_out(operation, *write);
    if (write->answered) why.hint = "is there a delete at all? if not, set deletes: no";
    return why;
}

} // namespace kedge::zudu
