// What must hold for any answer of a forge: a question goes on or comes to an end, in bounded words, and nothing
// throws.
#pragma once
#include "forge/forge.h"
#include "tests/fuzz/checks.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge::fuzz {

inline std::vector<ForgeAsk> every_question() {
    PutComment put;
    put.number = 12;
    put.marker = "<!-- kedge:preview:main -->";
    put.body = put.marker + "\nnothing to do";
    put.account = "keeper";
    CommitStatus status;
    status.commit = std::string(40, 'a');
    status.name = "kedge";
    return {AskAccount{},
            AskOpenPulls{},
            AskPull{12},
            AskFiles{12},
            AskComments{12},
            put,
            WriteComment{12, "hello"},
            PutStatus{status},
            AskPermission{"ann"},
            AskApprovals{12}};
}

// The same answer comes again and again.
inline void check_forge_answer(std::string_view input) {
    ForgeExchange exchange;
    exchange.answered = true;
    exchange.response.status = 200;
    for (const auto kind : {ForgeKind::github, ForgeKind::gitlab, ForgeKind::gitea}) {
        const auto forge = make_forge({kind, "acme/mcp", true});
        for (const auto& ask : every_question()) {
            ForgeTalk talk;
            for (int steps = 0;; ++steps) {
                must(steps < 100);
                const auto step = forge->next(ask, talk);
                if (const auto* refusal = std::get_if<ForgeRefusal>(&step)) {
                    must(!refusal->text.empty() && refusal->text.size() < 1500);
                    break;
                }
                const auto* send = std::get_if<ForgeSend>(&step);
                if (send == nullptr) break;
                must(send->request.target.starts_with("/") && send->request.target.find('\n') == std::string::npos);
                exchange.request = send->request;
                exchange.response.body = std::string(input);
                talk.push_back(exchange);
            }
        }
    }
}

} // namespace kedge::fuzz
