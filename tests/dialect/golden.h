// Golden transcripts: an operation as it goes over the wire, request by request, and what becomes of it where one of
// the answers fails.
#pragma once
#include "tests/dialect/truefoundry_world.h"

#include <string>
#include <utility>
#include <vector>

namespace kedge::testing {

struct Golden {
    Operation operation;
    // "PATCH /api/x {body}" (a leading "! " where it is a write) and its answer.
    std::vector<std::pair<std::string, Exchange>> steps;
};

inline std::string text_of(const Send& send) {
    const auto& request = send.request;
    return (send.is_write ? "! " : "") + request.method + " " + request.target +
           (request.body.empty() ? "" : " " + request.body);
}

inline Exchange answer_to(const Send& send, Exchange answer) {
    answer.request = send.request;
    return answer;
}

// Plays it through, each request as pinned; gives the end.
inline Step play(const Dialect& dialect, const Golden& golden) {
    Transcript transcript;
    for (const auto& [request, answer] : golden.steps) {
        const Step step = dialect.next(golden.operation, transcript);
        const auto* send = std::get_if<Send>(&step);
        if (send == nullptr) {
            ADD_FAILURE() << "ended before " << request;
            return step;
        }
        EXPECT_EQ(text_of(*send), request);
        transcript.push_back(answer_to(*send, answer));
    }
    return dialect.next(golden.operation, transcript);
}

inline std::string word_for(const Step& step) {
    static const std::vector<std::string> refusals{"invalid", "forbidden", "credential",  "conflict",    "gone",
                                                   "busy",    "broken",    "unreachable", "inconsistent"};
    if (const auto* refused = std::get_if<Refused>(&step)) return refusals[static_cast<std::size_t>(refused->kind)];
    if (std::holds_alternative<Unsure>(step)) return "unsure";
    if (std::holds_alternative<Blocked>(step)) return "blocked";
    if (const auto* done = std::get_if<Done>(&step)) return done->document ? "done" : "nothing";
    return "asks on";
}

inline const std::vector<std::pair<std::string, Exchange>>& failures() {
    static const std::vector<std::pair<std::string, Exchange>> all{
        {"not sent", not_sent()},
        {"lost", lost()},
        {"401", answered(401, Json{{"message", "no"}})},
        {"403", answered(403, Json{{"message", "no"}})},
        {"404", answered(404, Json{{"message", "no"}})},
        {"409", answered(409, Json{{"message", "no"}})},
        {"422", answered(422, Json{{"message", "no"}})},
        {"429", answered(429, Json{{"message", "no"}})},
        {"500", answered(500, Json{{"message", "no"}})},
        {"html", answered(200, std::string("<html><title>hi</title></html>"))},
        {"cut", answered(200, std::string("{\"id\":\"mcp_1\",\"na"))},
        {"empty", answered(200, std::string())},
    };
    return all;
}

// What a look usually comes to under each failure, and a write whose end nobody can look at.
inline const std::string look =
    " not sent=unreachable lost=unreachable 401=credential 403=forbidden 404=gone 409=conflict "
    "422=invalid 429=busy 500=broken html=broken cut=broken empty=broken";
inline const std::string look_by_id =
    " not sent=unreachable lost=unreachable 401=credential 403=forbidden 404=nothing 409=conflict "
    "422=invalid 429=busy 500=broken html=broken cut=broken empty=broken";
inline const std::string unclear_write =
    " not sent=unreachable lost=unsure 401=credential 403=forbidden 404=gone 409=conflict "
    "422=invalid 429=busy 500=unsure html=unsure cut=unsure empty=unsure";
inline std::string always(const std::string& end) {
    std::string text;
    for (const auto& [name, answer] : failures()) text += " " + name + "=" + end;
    return text;
}

// Every failure at every step, one line for each step; the requests that follow are not answered. What was written once
// must never be written again.
inline std::string replay_failures(const Dialect& dialect, const Golden& golden) {
    std::string text;
    Transcript good;
    for (std::size_t i = 0; i < golden.steps.size(); ++i) {
        const auto first = std::get<Send>(dialect.next(golden.operation, good));
        text += "\n" + std::string(first.is_write ? "! " : "") + first.request.method + ":";
        for (const auto& [name, failure] : failures()) {
            Transcript transcript = good;
            transcript.push_back(answer_to(first, failure));
            Step step = dialect.next(golden.operation, transcript);
            for (int more = 0; more < 6 && std::holds_alternative<Send>(step); ++more) {
                const auto send = std::get<Send>(step);
                EXPECT_FALSE(send.is_write && text_of(send) == text_of(first)) << "sent again: " << text_of(send);
                transcript.push_back(answer_to(send, lost()));
                step = dialect.next(golden.operation, transcript);
            }
            text += " " + name + "=" + word_for(step);
        }
        good.push_back(answer_to(first, golden.steps[i].second));
    }
    return text + "\n";
}

} // namespace kedge::testing
