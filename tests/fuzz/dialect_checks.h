// What must hold of a dialect for everything that its control plane may send: one row (read, normal form), and the
// answers to one operation. The bytes of an operation: see operation_of and any_answer.
#pragma once
#include "tests/fuzz/answers.h"

#include <set>

namespace kedge::fuzz {

struct Subject {
    const Dialect& dialect;
    std::string_view prefix; // of every path
    std::string remote_id;
    Json document;
};

inline void check_read(const Subject& subject, std::string_view text) {
    const auto row = parsed(text);
    if (!row) return;
    LiveDocument live;
    try {
        live = subject.dialect.read(*row);
    } catch (const std::invalid_argument&) {
        return;
    }
    must(subject.dialect.read(*row) == live && !live.name.empty() && live.type.starts_with("mcp-server/"));
    check_words(live.condition.text);
    Json document = live.document;
    for_each_secret(document, [](const std::string& pointer, Json& value) {
        must(is_secret_pointer(pointer) && value != "" && !value.is_null());
    });
    const Json once = subject.dialect.canonical(live.document);
    must(canonical_json(subject.dialect.canonical(once)) == canonical_json(once));
}

// The first byte: the kind, modulo 9; what is left of it after dividing by 9 are flags.
inline Operation operation_of(const Subject& subject, std::string_view& input) {
    const auto byte = static_cast<std::uint8_t>(take(input, 1)[0]);
    const int flags = byte / 9;
    Operation operation;
    operation.kind = static_cast<OperationKind>(byte % 9);
    operation.remote_id = operation.kind == OperationKind::create ? "" : subject.remote_id;
    operation.name = "github";
    operation.type = "mcp-server/remote";
    operation.document = subject.document;
    if ((flags & 1) != 0) {
        operation.document["auth_data"] = {{"type", "header"}, {"headers", {{"Authorization", "Bearer sealed-1"}}}};
        operation.sealed = {"/auth_data/headers/Authorization"};
    }
    if ((flags & 2) != 0) operation.live_version = "1700000000000";
    if ((flags & 4) != 0) operation.known_ids = {"6", "mcp_old"};
    if ((flags & 8) != 0) operation.remote_id = "..";
    return operation;
}

inline Exchange any_answer(std::string_view& input, HttpRequest request) {
    static constexpr Statuses statuses{0, 200, 200, 201, 204, 302, 400, 403, 404, 409, 429, 500};
    return answer_from(input, std::move(request), statuses);
}

inline bool writes(OperationKind kind) {
    return kind == OperationKind::create || kind == OperationKind::update || kind == OperationKind::remove;
}

inline void check_send(const Subject& subject, const Operation& operation, const Send& send,
                       std::set<std::string>& written) {
    const auto& request = send.request;
    must(request.target.starts_with(subject.prefix));
    must(std::all_of(request.target.begin(), request.target.end(), [](char c) { return c > 0x20 && c < 0x7f; }));
    must(request.target.find("/../") == std::string::npos && !request.target.ends_with("/.."));
    must(!send.is_write || (writes(operation.kind) && request.method != "GET"));
    const bool looks = request.method == "GET" || (request.method == "PATCH" && request.body == "{}");
    must(!writes(operation.kind) || send.is_write == !looks);
    if (request.method == "GET") must(request.body.empty());
    if (!request.body.empty()) parse_json(request.body);
    // What was written once is never sent again.
    must(!send.is_write || written.insert(request.method + " " + request.target + " " + request.body).second);
    const bool creates = operation.kind == OperationKind::create && request.method == "POST";
    if (creates && request.target == subject.prefix) must(written.insert("create").second);
}

inline void check_result(const Subject& subject, const Operation& operation, const Step& step) {
    if (const auto* refused = std::get_if<Refused>(&step)) {
        must(!refused->text.empty());
        return check_words(refused->words());
    }
    if (const auto* unsure = std::get_if<Unsure>(&step)) {
        must(writes(operation.kind));
        return check_words(unsure->text);
    }
    if (const auto* blocked = std::get_if<Blocked>(&step)) {
        must(writes(operation.kind) && blocked->condition.needs_person);
        check_words(blocked->condition.url);
        return check_words(blocked->condition.text);
    }
    const auto* done = std::get_if<Done>(&step);
    must(done != nullptr && done->subjects >= 0 && done->subject_names.size() <= 20);
    for (const auto& name : done->subject_names) check_words(name);
    must(done->identity.has_value() == (operation.kind == OperationKind::preflight));
    if (done->identity) check_words(done->identity->subject);
    const bool written = operation.kind == OperationKind::create || operation.kind == OperationKind::update;
    must(!written || done->document);
    if (!done->document) return;
    must(!done->document->remote_id.empty());
    const bool by_id = operation.kind == OperationKind::get || operation.kind == OperationKind::update;
    must(!by_id || done->document->remote_id == subject.remote_id);
}

inline void check_next(const Subject& subject, std::string_view input) {
    if (input.empty()) return;
    const Operation operation = operation_of(subject, input);
    Transcript transcript;
    std::set<std::string> written;
    for (int steps = 0; steps < 12; ++steps) {
        const Step step = subject.dialect.next(operation, transcript);
        const auto* send = std::get_if<Send>(&step);
        if (send == nullptr) return check_result(subject, operation, step);
        check_send(subject, operation, *send, written);
        if (input.empty()) return;
        transcript.push_back(any_answer(input, send->request));
    }
}

} // namespace kedge::fuzz
