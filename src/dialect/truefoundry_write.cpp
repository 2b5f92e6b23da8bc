// Operations that change something, or try whether they could: rehearse, create, update, remove. A write with an
// unclear end is read back, once, and never sent again:
//
//   PUT --200 and a row-----------------------------> Done
//    |--417-----------------------------------------> Held
//    |--400 401 403 404 422 429 ..., or never sent--> Refused: nothing was changed
//    '--409 408 5xx 3xx, nonsense, answer lost------> GET by name --equal to what was sent--> Done
//                                                       |--absent or different------------> Refused: not carried out
//                                                       '--no answer, or not to be told---> Unsure
#include "dialect/truefoundry_parts.h"

#include <stdexcept>

namespace kedge::truefoundry {

namespace {

Held held(const Exchange& exchange) {
    return Held{message_of(exchange.response)};
}

Refused not_carried_out(const Operation& operation, const Exchange& write) {
    auto refused = refuse(operation, write);
    refused.text += "; read back: it was not carried out";
    refused.hint.clear();
    return refused;
}

Unsure unsure(const Operation& operation, const Exchange& write, const std::string& why) {
    const auto cause = refuse(operation, write).text;
    return Unsure{cause + "; it may have been carried out: " + why};
}

std::string tag_of(const Json& document) {
    const Json::json_pointer marker("/tags/kedge");
    return document.contains(marker) && document[marker].is_string() ? document[marker].get<std::string>()
                                                                     : std::string();
}

Step judge_create(const Operation& operation, const Exchange& write, Found found, const Likeness& likeness) {
    if (likeness.equal) return done_with(std::move(*found.live));
    // Stored in other words than ours, but under the marker that only this create can have brought.
    const auto marker = tag_of(operation.document);
    if (!marker.empty() && marker == tag_of(found.live->document)) return done_with(std::move(*found.live));
    auto refused = not_carried_out(operation, write);
    refused.kind = RefusalKind::conflict;
    refused.text += "; another one has this name by now";
    return refused;
}

Step judge_update(const Operation& operation, const Exchange& write, Found found, const Likeness& likeness) {
    const bool known = !operation.live_version.empty() && !found.live->version.empty();
    const bool moved = known && found.live->version != operation.live_version;
    if (likeness.equal) {
        if (!likeness.secrets_hidden || moved) return done_with(std::move(*found.live));
        // All that can be read is as it was before and as it should be: whether the secret arrived shows in the version
        // alone.
        if (known) return not_carried_out(operation, write);
        return unsure(operation, write, "a secret cannot be read back");
    }
    if (moved) return unsure(operation, write, "it was written meanwhile, and differs from what was sent");
    return not_carried_out(operation, write);
}

} // namespace

// PUT /api/svc/v1/mcp
// {"manifest":{"collaborators":[...],"description":"...","name":"github",...},"dryRun":false,"forceDelete":false}
HttpRequest put_request(const TrueFoundryOptions& options, const Operation& operation, bool dry_run) {
    HttpRequest request;
    request.method = "PUT";
    request.target = "/api/svc/v1/mcp";
    request.headers.emplace_back("Accept", "application/json");
    request.headers.emplace_back("Content-Type", "application/json");
    const Json flag(options.force_flag);
    request.body = R"({"manifest":)" + canonical_json(operation.document) + R"(,"dryRun":)" +
                   (dry_run ? "true" : "false") + "," + flag.dump() + ":" +
                   (operation.force && !dry_run ? "true" : "false") + "}";
    return request;
}

Step next_rehearse(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) return Send{put_request(setting.options, operation, true), false};
    const auto& last = transcript.back();
    if (last.answered && last.response.status == 417) return held(last);
    if (!is_success(last)) return refuse(operation, last);
    Done done;
    done.document = row_of(last);
    if (!done.document) return refuse(operation, last);
    if (done.document->name != operation.name) {
        return Refused{RefusalKind::broken, attempt(operation) + ": the answer is about another registration", {}};
    }
    return done;
}

Step next_write(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) return Send{put_request(setting.options, operation, false), true};
    const auto& write = transcript.front();
    if (write.answered && write.response.status == 417) return held(write);
    if (surely_not_done(write)) return refuse(operation, write);
    if (transcript.size() == 1) {
        Done done;
        done.document = row_of(write);
        const bool ours = done.document && done.document->name == operation.name && !done.document->remote_id.empty();
        if (ours) return done;
        return Send{find_request(operation.name), false};
    }
    auto found = found_in(operation, transcript.back());
    if (!found.decided) return unsure(operation, write, "reading back failed: " + found.why.text);
    if (!found.live) return not_carried_out(operation, write);
    const auto canonical = [&](Json document) {
        return canonical_manifest(std::move(document), setting.options.disabled_tools_key);
    };
    const auto likeness = compare_with_sent(operation, found.live->document, setting.description.rules, canonical);
    return operation.kind == OperationKind::create ? judge_create(operation, write, std::move(found), likeness)
                                                   : judge_update(operation, write, std::move(found), likeness);
}

// DELETE /api/svc/v1/mcp/{id} -> 200 or 204 with any body; 404: it is gone already. Always cascades; there is no flag.
Step next_remove(const Operation& operation, const Transcript& transcript) {
    if (!usable_id(operation.remote_id)) {
        return Refused{RefusalKind::broken, attempt(operation) + ": an id that names no registration", {}};
    }
    if (transcript.empty()) {
        auto request = get_request(path_of(operation.remote_id));
        request.method = "DELETE";
        return Send{std::move(request), true};
    }
    const auto& write = transcript.front();
    if (write.answered) {
        const int status = write.response.status;
        if (status == 200 || status == 204 || status == 404) return Done{};
        if (status == 417) return held(write);
        if (status == 409) return refuse(operation, write);
    }
    if (surely_not_done(write)) return refuse(operation, write);
    if (transcript.size() == 1) return Send{get_request(path_of(operation.remote_id)), false};
    const auto& look = transcript.back();
    if (look.answered && look.response.status == 404) return Done{};
    const auto live = row_of(look);
    if (live && live->remote_id == operation.remote_id) return not_carried_out(operation, write);
    return unsure(operation, write, "reading back failed: " + refuse(operation, look).text);
}

} // namespace kedge::truefoundry
