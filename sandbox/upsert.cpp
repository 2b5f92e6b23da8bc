// Saving a manifest: envelope, check, normal form, the question of credentials (417), dry run or commit.
#include "sandbox/answers.h"
#include "sandbox/auth_change.h"
#include "sandbox/call.h"
#include "sandbox/normalise.h"
#include "sandbox/truefoundry.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

// A boolean or null or absent; nothing otherwise.
std::optional<bool> flag(const Json& body, const char* key) {
    const auto found = body.find(key);
    if (found == body.end() || found->is_null()) return false;
    if (!found->is_boolean()) return std::nullopt;
    return found->get<bool>();
}

Refusal bad(std::string message) {
    Refusal refusal;
    refusal.status = 400;
    refusal.messages.push_back(std::move(message));
    return refusal;
}

bool known_key(const std::string& key, const Knobs& knobs) {
    if (key == "manifest" || key == "dryRun") return true;
    if (knobs.force_flag == "both") return key == "forceDelete" || key == "force";
    return key == knobs.force_flag;
}

bool acknowledged(const Json& body, const Knobs& knobs) {
    const bool long_name = knobs.force_flag != "force" && flag(body, "forceDelete").value_or(false);
    const bool short_name = knobs.force_flag != "forceDelete" && flag(body, "force").value_or(false);
    return long_name || short_name;
}

} // namespace

// {"manifest": {...}, "dryRun": false, "forceDelete": false}
std::optional<HttpResponse> TrueFoundry::read_envelope(Call& call, Json& manifest) {
    std::optional<Json> body = call.body ? std::move(call.body) : parse_body(call.request.body);
    if (!body || !body->is_object()) return error_answer(400, "Request body must be a JSON object");
    Refusal refusal;
    const auto found = body->find("manifest");
    if (found == body->end() || !found->is_object()) refusal = bad("manifest must be an object");
    for (const char* key : {"dryRun", "forceDelete", "force"}) {
        if (!refusal && !flag(*body, key)) refusal = bad(std::string(key) + " must be a boolean value");
    }
    if (!refusal && knobs_.unknown_body_keys == "reject") {
        for (const auto& [key, value] : body->items()) {
            if (!known_key(key, knobs_)) refusal = bad("property " + key + " should not exist");
        }
    }
    if (refusal) return refusal_answer(refusal);
    call.note.dry_run = *flag(*body, "dryRun");
    call.note.force = acknowledged(*body, knobs_);
    manifest = std::move(*found);
    if (const auto name = manifest.find("name"); name != manifest.end() && name->is_string()) {
        call.note.name = name->get<std::string>();
    }
    return std::nullopt;
}

std::vector<std::size_t> TrueFoundry::doomed_records(const Server& live, const Json& manifest) const {
    std::vector<std::size_t> doomed;
    if (live.auth.empty()) return doomed;
    const AuthLoss loss = auth_loss(live.document(), manifest, knobs_);
    for (std::size_t i = 0; i < live.auth.size(); ++i) {
        const auto& record = live.auth[i];
        const bool lost = (loss.oauth && record.source == "oauth") ||
                          (loss.overrides && record.source == "auth-override") ||
                          loss.subjects.contains(record.subject_id);
        if (lost) doomed.push_back(i);
    }
    return doomed;
}

HttpResponse TrueFoundry::sign_out_refusal(const Server& live, const std::vector<std::size_t>& doomed) const {
    std::size_t tokens = 0;
    for (const auto i : doomed) tokens += live.auth[i].source == "oauth" ? 1 : 0;
    const std::string flag_name = knobs_.force_flag == "force" ? "force" : "forceDelete";
    return error_answer(417, "Updating MCP server " + live.name + " will delete " + std::to_string(doomed.size()) +
                                 " existing auth records (" + std::to_string(tokens) + " OAuth tokens, " +
                                 std::to_string(doomed.size() - tokens) + " auth overrides). Set " + flag_name +
                                 " to true to continue.");
}

Upsert TrueFoundry::upsert(Json manifest, Call& call) {
    Upsert result;
    if (const Refusal refusal = check_manifest(manifest, world())) {
        result.refusal = refusal_answer(refusal);
        return result;
    }
    Server* live = registry().by_name(manifest["name"].get_ref<const std::string&>());
    if (live && live->type != manifest["type"] && !knobs_.type_change) {
        result.refusal = error_answer(400, "MCP server " + live->name + " is of type " + live->type +
                                               "; the type of an existing server cannot be changed");
        return result;
    }
    const std::string& creator = live ? live->creator_slug : call.who->slug;
    normalise(manifest, SaveContext{knobs_, tenant(), creator});
    std::string text = manifest.dump();
    std::vector<std::size_t> doomed;
    if (live && live->manifest != text) doomed = doomed_records(*live, manifest);
    const bool asks = !call.note.dry_run || knobs_.dry_run_reports_417;
    if (!doomed.empty() && !call.note.force && asks) {
        result.refusal = sign_out_refusal(*live, doomed);
        return result;
    }
    result.created = live == nullptr;
    if (live) result.existing = live->manifest;
    result.row = call.note.dry_run ? rehearse(live, manifest, std::move(text), call)
                                   : commit(live, std::move(manifest), std::move(text), doomed, call);
    return result;
}

std::string TrueFoundry::rehearse(const Server* live, const Json& manifest, std::string text, Call& call) {
    Server server;
    if (live) {
        server = *live;
    } else {
        server = draft(manifest, *call.who);
        if (knobs_.dry_run_id == "synthetic")
            server.id = make_id(ground_.options().seed ^ 0xD7, registry().next_number());
    }
    server.type = manifest["type"].get<std::string>();
    server.manifest = std::move(text);
    const RowStyle style{knobs_, tenant()};
    if (knobs_.mask_put == knobs_.mask_list) { // spares parsing the text again
        render(server, manifest, style);
        return std::move(server.row);
    }
    return row_text(server, shown_manifest(server, knobs_.mask_put, knobs_), style);
}

std::string TrueFoundry::commit(Server* live, Json manifest, std::string text, const std::vector<std::size_t>& doomed,
                                Call& call) {
    const RowStyle style{knobs_, tenant()};
    const bool identical = live && live->manifest == text;
    if (live) {
        if (!identical || knobs_.identical_put_bumps) live->updated_ms = now_ms();
        live->type = manifest["type"].get<std::string>();
        live->manifest = std::move(text);
        for (auto i = doomed.rbegin(); i != doomed.rend(); ++i) {
            live->auth.erase(live->auth.begin() + static_cast<std::ptrdiff_t>(*i));
        }
        if (!doomed.empty()) ++live->auth_revision;
        render(*live, std::move(manifest), style);
        registry().changed(*live);
    } else {
        Server server = draft(manifest, *call.who);
        server.id = make_id(ground_.options().seed, registry().next_number());
        server.manifest = std::move(text);
        render(server, std::move(manifest), style);
        live = &registry().add(std::move(server));
    }
    if (knobs_.mask_put == knobs_.mask_list) return live->row;
    return row_text(*live, shown_manifest(*live, knobs_.mask_put, knobs_), style);
}

} // namespace kedge::sandbox
