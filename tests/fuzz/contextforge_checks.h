// What must hold for everything that a ContextForge may send: one row (read, normal form), and the answers to one
// operation. The bytes of an operation: see forge_operation.
#pragma once
#include "dialect/contextforge.h"
#include "tests/fuzz/answers.h"

#include <map>

namespace kedge::fuzz {

inline const Dialect& contextforge(bool async = false) {
    const auto made = [](bool later) {
        ContextForgeOptions options;
        options.async = later;
        return make_contextforge(options);
    };
    static const std::unique_ptr<Dialect> now = made(false);
    static const std::unique_ptr<Dialect> soon = made(true);
    return async ? *soon : *now;
}

inline void check_contextforge_read(std::string_view text) {
    const auto row = parsed(text);
    if (!row) return;
    LiveDocument live;
    try {
        live = contextforge().read(*row);
    } catch (const std::invalid_argument&) {
        return;
    }
    must(contextforge().read(*row) == live && !live.name.empty());
    check_words(live.condition.text);
    Json document = live.document;
    // No secret is ever read, whatever stands in its place.
    for_each_secret(document, [](const std::string& pointer, Json& value) {
        must(is_secret_pointer(pointer));
        must(is_masked(value) || value == "" || value == "(set in the control plane)");
    });
    const Json once = contextforge().canonical(live.document);
    must(canonical_json(contextforge().canonical(once)) == canonical_json(once));
    const Json marked = with_marker(live.document, "prod.tools.0a0b0c0d");
    must(contextforge().canonical(marked)["tags"]["kedge"] == "prod.tools.0a0b0c0d");
}

// The first byte: the kind, modulo 9 (what the control plane cannot be asked becomes a list); what is left of it after
// dividing by 9 are flags.
inline Operation forge_operation(std::string_view& input, bool& async) {
    const auto byte = static_cast<std::uint8_t>(take(input, 1)[0]);
    const int flags = byte / 9;
    Operation operation;
    operation.kind = static_cast<OperationKind>(byte % 9);
    if (operation.kind == OperationKind::subjects || operation.kind == OperationKind::rehearse)
        operation.kind = OperationKind::list;
    operation.remote_id = operation.kind == OperationKind::create ? "" : "g1";
    operation.name = "github";
    operation.type = "mcp-server/remote";
    operation.document = {{"type", operation.type},
                          {"name", operation.name},
                          {"url", "https://mcp.example.com/mcp"},
                          {"tags", {{"kedge", "prod.tools.0a0b0c0d"}}}};
    async = (flags & 1) != 0;
    if ((flags & 2) != 0) {
        operation.document["auth_data"] = {{"type", "header"}, {"headers", {{"Authorization", "sealed-1"}}}};
        operation.sealed = {"/auth_data/headers/Authorization"};
    }
    if ((flags & 4) != 0) operation.live_version = "1";
    if ((flags & 8) != 0) operation.document["x-kedge"]["contextforge"]["enabled"] = false;
    if ((flags & 16) != 0) operation.known_ids = {"g0"};
    return operation;
}

inline Exchange forge_answer(std::string_view& input, HttpRequest request) {
    static constexpr Statuses statuses{0, 200, 200, 202, 204, 302, 400, 401, 404, 409, 502, 500};
    return answer_from(input, std::move(request), statuses);
}

inline void check_forge_send(const Operation& operation, const Send& send, std::map<std::string, int>& writes) {
    const auto& request = send.request;
    must(request.target == "/v1/gateways" || request.target.starts_with("/v1/gateways/") ||
         request.target.starts_with("/v1/gateways?"));
    must(std::all_of(request.target.begin(), request.target.end(), [](char c) { return c > 0x20 && c < 0x7f; }));
    must(send.is_write == (request.method != "GET") && send.wait_ms >= 0 && send.wait_ms <= 5000);
    must(operation.kind > OperationKind::rehearse || !send.is_write);
    // What was written once is never sent again.
    if (send.is_write) must(++writes[request.method + request.target] == 1);
    const bool registers = request.method == "PUT" || (request.method == "POST" && request.target == "/v1/gateways");
    if (!registers) return must(request.body.empty());
    const Json body = parse_json(request.body);
    must(body.at("name") == operation.name && !body.contains("x-kedge"));
    // Never without its credential.
    must(operation.document.contains("auth_data") == (body.value("auth_type", "none") == "authheaders"));
}

inline void check_forge_end(const Operation& operation, const Step& step) {
    const bool writes = operation.kind > OperationKind::rehearse;
    if (const auto* done = std::get_if<Done>(&step)) {
        const auto kind = operation.kind;
        must(done->identity.has_value() == (kind == OperationKind::preflight));
        must(!(kind == OperationKind::create || kind == OperationKind::update) || done->document);
        if (!done->document) return;
        must(!done->document->remote_id.empty());
        if (kind == OperationKind::get || kind == OperationKind::update)
            must(done->document->remote_id == operation.remote_id);
        return check_words(done->document->condition.text);
    }
    if (const auto* refused = std::get_if<Refused>(&step)) {
        must(!refused->text.empty());
        return check_words(refused->words());
    }
    if (const auto* blocked = std::get_if<Blocked>(&step)) {
        must(writes && !blocked->condition.text.empty());
        return check_words(blocked->condition.text);
    }
    // Never Held: nobody is signed out there. Doubt is for what was written only.
    const auto* unsure = std::get_if<Unsure>(&step);
    must(unsure != nullptr && writes);
    check_words(unsure->text);
}

inline void check_contextforge_next(std::string_view input) {
    if (input.empty()) return;
    bool async = false;
    const Operation operation = forge_operation(input, async);
    std::map<std::string, int> writes;
    Transcript transcript;
    for (int steps = 0; steps < 16; ++steps) {
        const Step step = contextforge(async).next(operation, transcript);
        const auto* send = std::get_if<Send>(&step);
        if (send == nullptr) return check_forge_end(operation, step);
        check_forge_send(operation, *send, writes);
        if (input.empty()) return;
        transcript.push_back(forge_answer(input, send->request));
    }
}

} // namespace kedge::fuzz
