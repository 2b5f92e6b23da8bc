// What must hold for everything that a control plane may send: one row (read, normal form), and the answers to one
// operation. The bytes of an operation: see operation_of and next_answer.
#pragma once
#include "dialect/truefoundry.h"
#include "model/secret_fields.h"
#include "tests/fuzz/answers.h"

#include <set>

namespace kedge::fuzz {

inline const Dialect& truefoundry() {
    static const std::unique_ptr<Dialect> dialect = make_truefoundry({});
    return *dialect;
}

inline void check_truefoundry_read(std::string_view text) {
    const auto row = parsed(text);
    if (!row) return;
    must(canonical_json(parse_json(canonical_json(*row))) == canonical_json(*row));
    LiveDocument live;
    try {
        live = truefoundry().read(*row);
    } catch (const std::invalid_argument&) {
        return;
    }
    must(truefoundry().read(*row) == live && !live.name.empty());
    must(live.document.is_object() && !live.document.contains("x-kedge"));
    Json document = live.document;
    for_each_secret(document, [](const std::string& pointer, Json& value) {
        must(is_secret_pointer(pointer) && value != "");
        must(!value.is_null() || pointer == "/auth_data/client_secret");
    });
    const Json once = truefoundry().canonical(live.document);
    must(canonical_json(truefoundry().canonical(once)) == canonical_json(once));
    const Json marked = with_marker(live.document, "prod.tools.0a0b0c0d");
    must(canonical_json(with_marker(marked, "prod.tools.0a0b0c0d")) == canonical_json(marked));
}

inline bool only_looks(OperationKind kind) {
    return kind < OperationKind::rehearse || kind == OperationKind::find_all;
}

// The first byte: the kind, modulo 9; what is left of it after dividing by 9 are flags. The last few stand for
// find_all.
inline Operation operation_of(std::string_view& input) {
    const auto byte = static_cast<std::uint8_t>(take(input, 1)[0]);
    const int flags = byte / 9;
    Operation operation;
    operation.kind = static_cast<OperationKind>(byte % 9);
    operation.remote_id = operation.kind == OperationKind::create ? "" : "cm1";
    operation.name = "github";
    operation.type = "mcp-server/remote";
    operation.document = {{"type", operation.type},
                          {"name", operation.name},
                          {"url", "https://mcp.example.com/mcp"},
                          {"tags", {{"kedge", "prod.tools.0a0b0c0d"}}}};
    operation.force = (flags & 1) != 0;
    if ((flags & 2) != 0) {
        operation.document["auth_data"] = {{"type", "header"}, {"headers", {{"Authorization", "sealed-1"}}}};
        operation.sealed = {"/auth_data/headers/Authorization"};
    }
    if ((flags & 4) != 0) operation.live_version = "2026-01-02T00:00:00.000Z";
    if ((flags & 8) != 0) operation.page_size = 2;
    if ((flags & 16) != 0) operation.remote_id = "..";
    if (flags == 28) {
        operation.kind = OperationKind::find_all;
        operation.names = {"github", "jira", std::string(6000, 'n')};
    }
    return operation;
}

inline Exchange next_answer(std::string_view& input, HttpRequest request) {
    static constexpr Statuses statuses{0, 200, 200, 201, 204, 302, 400, 401, 404, 409, 417, 500};
    return answer_from(input, std::move(request), statuses);
}

inline void check_send(const Operation& operation, const Send& send, bool first) {
    const auto& request = send.request;
    must(request.target.starts_with("/api/svc/v1/"));
    must(std::all_of(request.target.begin(), request.target.end(), [](char c) { return c > 0x20 && c < 0x7f; }));
    const bool dry_run = operation.kind == OperationKind::rehearse;
    must(send.is_write == (request.method != "GET" && !dry_run));
    must(!send.is_write || first); // what was written once is never sent again
    must(!only_looks(operation.kind) || request.method == "GET");
    if (request.method != "PUT") return must(request.body.empty());
    const Json body = parse_json(request.body);
    must(body.at("manifest") == operation.document && body.at("dryRun") == dry_run);
    must(body.at("forceDelete") == (operation.force && !dry_run));
}

inline void check_done(const Operation& operation, const Done& done) {
    const auto kind = operation.kind;
    must(done.subjects >= 0 && done.subject_names.size() <= 20);
    for (const auto& name : done.subject_names) check_words(name);
    must(done.identity.has_value() == (kind == OperationKind::preflight));
    if (done.identity) {
        check_words(done.identity->tenant);
        check_words(done.identity->subject);
    }
    const bool tried = kind == OperationKind::rehearse;
    const bool written = kind == OperationKind::create || kind == OperationKind::update;
    must(!(tried || written) || done.document);
    must(done.documents.empty() || kind == OperationKind::find_all);
    std::set<std::string> found;
    for (const auto& live : done.documents) {
        const auto& names = operation.names;
        must(std::find(names.begin(), names.end(), live.name) != names.end() && found.insert(live.name).second);
        must(!live.remote_id.empty());
    }
    if (!done.document) return;
    must(tried || written || kind == OperationKind::get || kind == OperationKind::find_by_name);
    if (kind == OperationKind::get) must(done.document->remote_id == operation.remote_id);
    if (kind != OperationKind::get) must(done.document->name == operation.name);
    must(tried || !done.document->remote_id.empty());
}

inline void check_end(const Operation& operation, const Step& step) {
    if (const auto* done = std::get_if<Done>(&step)) return check_done(operation, *done);
    if (const auto* held = std::get_if<Held>(&step)) {
        must(!only_looks(operation.kind));
        return check_words(held->text);
    }
    if (const auto* refused = std::get_if<Refused>(&step)) {
        must(!refused->text.empty());
        return check_words(refused->words());
    }
    // Never Blocked, which this control plane does not know. Doubt is for what was written only.
    const auto* unsure = std::get_if<Unsure>(&step);
    must(unsure != nullptr && !only_looks(operation.kind) && operation.kind != OperationKind::rehearse);
    check_words(unsure->text);
}

inline void check_truefoundry_next(std::string_view input) {
    if (input.empty()) return;
    const Operation operation = operation_of(input);
    const bool pages = operation.kind == OperationKind::list || operation.kind == OperationKind::subjects;
    Transcript transcript;
    for (int steps = 0; steps < 8; ++steps) {
        const Step step = truefoundry().next(operation, transcript);
        const auto* send = std::get_if<Send>(&step);
        if (send == nullptr) return check_end(operation, step);
        check_send(operation, *send, transcript.empty());
        must(pages || transcript.size() < 2);
        if (input.empty()) return;
        transcript.push_back(next_answer(input, send->request));
    }
}

} // namespace kedge::fuzz
