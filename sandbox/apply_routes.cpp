// The generic routes that the vendor's CLI uses: any manifest by type and name, their order, and the upload of OpenAPI
// documents.
#include "sandbox/answers.h"
#include "sandbox/call.h"
#include "sandbox/manifest_types.h"
#include "sandbox/truefoundry.h"

#include <map>
#include <set>

namespace kedge::sandbox {

namespace {

std::string text_member(const Json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_server(const std::string& type) {
    return type.starts_with("mcp-server/");
}

std::string base_type(const std::string& type) {
    return type.substr(0, type.find('/'));
}

// Orders manifests so that what is named comes first; a cycle's members follow at the end.
class DependencyOrder final {
public:
    explicit DependencyOrder(const Json& manifests) : manifests_(manifests), state_(manifests.size(), State::waiting) {
        for (std::size_t i = 0; i < manifests.size(); ++i) {
            if (is_server(text_member(manifests[i], "type"))) by_name_[text_member(manifests[i], "name")] = i;
        }
    }

    Json run() {
        for (std::size_t i = 0; i < manifests_.size(); ++i) visit(i);
        return std::move(ordered_);
    }

private:
    enum class State { waiting, open, done };

    std::vector<std::string> names_of(const Json& manifest) const {
        std::vector<std::string> names;
        if (text_member(manifest, "type") != "mcp-server/virtual") return names;
        const auto sources = manifest.find("servers");
        if (sources == manifest.end() || !sources->is_array()) return names;
        for (const auto& source : *sources) {
            if (auto name = text_member(source, "name"); !name.empty()) names.push_back(std::move(name));
        }
        return names;
    }

    // Depth first with a stack of its own: manifests are foreign input and may form long chains.
    void visit(std::size_t first) {
        std::vector<std::size_t> stack{first};
        while (!stack.empty()) {
            const std::size_t i = stack.back();
            if (state_[i] == State::waiting) {
                state_[i] = State::open;
                for (const auto& name : names_of(manifests_[i])) {
                    const auto found = by_name_.find(name);
                    if (found != by_name_.end() && state_[found->second] == State::waiting)
                        stack.push_back(found->second);
                }
                if (stack.back() != i) continue;
            }
            stack.pop_back();
            if (state_[i] == State::open) emit(i);
        }
    }

    void emit(std::size_t i) {
        state_[i] = State::done;
        Json dependencies = Json::array();
        for (const auto& name : names_of(manifests_[i])) {
            dependencies.push_back({{"resourceType", "mcp-server"}, {"resourceName", name}});
        }
        ordered_.push_back({{"resourceType", text_member(manifests_[i], "type")},
                            {"resourceName", text_member(manifests_[i], "name")},
                            {"dependencies", std::move(dependencies)}});
    }

    const Json& manifests_;
    std::vector<State> state_;
    std::map<std::string, std::size_t> by_name_;
    Json ordered_ = Json::array();
};

std::string action_text(bool created) {
    return created ? R"("action":"CREATE")" : R"("action":"UPDATE")";
}

} // namespace

// {"manifest": {...}, "dryRun": false} -> {"existingManifest"?: {...}, "action": "CREATE"|"UPDATE", "data": {...}}
HttpResponse TrueFoundry::apply(Call& call) {
    Json manifest;
    if (auto refusal = read_envelope(call, manifest)) return std::move(*refusal);
    call.note.force = false; // this route has no way to acknowledge
    const std::string type = text_member(manifest, "type");
    if (!type.empty() && !is_server(type) && retired_type(type).empty()) return apply_other(manifest, call);
    Upsert done = upsert(std::move(manifest), call);
    if (done.refusal) return std::move(*done.refusal);
    std::string text = "{" + action_text(done.created) + ",\"data\":" + done.row;
    if (done.existing) {
        Server before;
        before.manifest = std::move(*done.existing);
        text += ",\"existingManifest\":" + shown_manifest(before, knobs_.mask_existing, knobs_);
    }
    return json_text_answer(200, text + "}");
}

// Teams, roles, models and all the rest: kept as they are.
HttpResponse TrueFoundry::apply_other(const Json& manifest, Call& call) {
    const std::string type = text_member(manifest, "type");
    const std::string name = text_member(manifest, "name");
    if (name.empty()) return error_answer(400, "manifest.name should not be empty");
    const std::string* before = registry().other(type, name);
    std::string text = "{" + action_text(before == nullptr);
    if (before) text += ",\"existingManifest\":" + *before;
    const std::string saved = manifest.dump();
    text += ",\"data\":{\"manifest\":" + saved + "}}";
    if (!call.note.dry_run) registry().set_other(type, name, saved);
    return json_text_answer(200, std::move(text));
}

HttpResponse TrueFoundry::delete_by_manifest(Call& call) {
    Json manifest;
    if (auto refusal = read_envelope(call, manifest)) return std::move(*refusal);
    const std::string type = text_member(manifest, "type");
    const std::string name = text_member(manifest, "name");
    if (type.empty() || name.empty()) return error_answer(400, "manifest.type and manifest.name should not be empty");
    if (is_server(type)) {
        Server* server = registry().by_name(name);
        if (!server) return not_found(name);
        HttpResponse response = erase(*server);
        return response.status >= 300 ? response : json_text_answer(200, "{}");
    }
    if (!registry().remove_other(type, name)) return error_answer(404, base_type(type) + " " + name + " not found");
    return json_text_answer(200, "{}");
}

// {"manifests": [...]} -> {"data": [{"resourceType", "resourceName", "dependencies": [{"resourceType",
// "resourceName"}]}]}
HttpResponse TrueFoundry::dependency_tree(Call& call) {
    const auto body = parse_body(call.request.body);
    if (!body || !body->is_object() || !body->contains("manifests") || !(*body)["manifests"].is_array()) {
        return error_answer(400, "manifests must be an array");
    }
    const Json& manifests = (*body)["manifests"];
    for (const auto& manifest : manifests) {
        if (text_member(manifest, "type").empty() || text_member(manifest, "name").empty()) {
            return error_answer(400, "each manifest must have a type and a name");
        }
    }
    Json answer;
    answer["data"] = DependencyOrder(manifests).run();
    return json_text_answer(200, answer.dump());
}

// {"documentExtension": "json", "mcpServerName": "x"} -> {"url": where to PUT it, "uri": what the manifest then says}
HttpResponse TrueFoundry::upload_url(Call& call) {
    const auto body = parse_body(call.request.body);
    const std::string extension = body ? text_member(*body, "documentExtension") : "";
    const std::string name = body ? text_member(*body, "mcpServerName") : "";
    if ((extension != "json" && extension != "yaml") || name.empty()) {
        return error_answer(400, "documentExtension (json, yaml) and mcpServerName are required");
    }
    const std::string id = make_id(ground_.options().seed ^ 0x5F, registry().next_number());
    uploads_[id] = "";
    while (uploads_.size() > 16) uploads_.erase(uploads_.begin());
    const std::string host(header(call.request.headers, "Host"));
    const Json answer = {
        {"url", "http://" + host + std::string(prefix) + "/sandbox-store/" + id},
        {"uri", "store://" + tenant() + "/mcp-servers/" + percent_encode(name) + "/" + id + "." + extension},
        {"headers", Json::object()}};
    return json_text_answer(200, answer.dump());
}

HttpResponse TrueFoundry::upload(Call& call) {
    const auto found = uploads_.find(std::string(call.id));
    if (found == uploads_.end()) return error_answer(403, "The upload address is not valid");
    found->second = call.request.body;
    return json_text_answer(200, "{}");
}

} // namespace kedge::sandbox
