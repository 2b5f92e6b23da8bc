// A forge without wires: pull requests, comments, statuses and people as values; what kedge asks and says is counted.
#pragma once
#include "base/failure.h"
#include "io/waiters.h"
#include "preview/forge_client.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace kedge {

class MemoryForge final : public ForgeDoor {
public:
    MemoryForge() {
        description_.repository = "acme/tools";
        description_.most_comment = 60'000;
        description_.most_line = 140;
        description_.head_ref_begin = "refs/pull/";
        description_.head_ref_end = "/head";
    }
    const ForgeDescription& describe() const override { return description_; }
    Task<ForgeAnswer> ask(ForgeAsk ask) override {
        asked.push_back(attempt(ask));
        if (stalled != nullptr) co_await stalled->wait();
        if (failures > 0) {
            --failures;
            throw Failure(failure, "Gitea \"acme/tools\": " + attempt(ask) + ": it answered 502");
        }
        ForgeAnswer answer;
        std::visit([&](auto& what) { give(what, answer); }, ask);
        co_return answer;
    }

    std::map<int, PullRequest> pulls;
    std::map<int, std::vector<PullComment>> comments; // oldest first
    std::map<std::string, CommitStatus> statuses;     // the last, by commit
    std::map<std::string, Permission> people;
    std::map<int, std::vector<Approval>> approvals;
    std::vector<std::string> asked;
    Waiters* stalled = nullptr; // no question is answered before it is woken
    bool cut = false;           // there are more comments than are read
    int failures = 0;           // so many questions from now on fail
    int lose_answers = 0;       // so many answers to people do not get through
    NextAction failure = NextAction::retry;

    int comments_put = 0;
    int statuses_put = 0;
    std::string comment_of(int number) const {
        const auto found = comments.find(number);
        if (found == comments.end()) return {};
        for (const auto& comment : found->second) {
            if (comment.author == "kedge-bot" && comment.body.starts_with("<!--")) return comment.body;
        }
        return {};
    }
    std::string last_answer(int number) const {
        return comments.at(number).empty() ? std::string() : comments.at(number).back().body;
    }
    std::string say(int number, const std::string& author, const std::string& body, UnixSeconds at = 0) {
        PullComment comment;
        comment.at = at;
        comment.id = std::to_string(++next_id_);
        comment.author = author;
        comment.body = body;
        comments[number].push_back(comment);
        return comment.id;
    }

private:
    void give(const AskAccount&, ForgeAnswer& answer) { answer.account = "kedge-bot"; }
    void give(const AskOpenPulls&, ForgeAnswer& answer) {
        for (const auto& [number, pull] : pulls) {
            if (pull.state == PullState::open) answer.pulls.push_back(pull);
        }
    }
    void give(const AskPull& ask, ForgeAnswer& answer) {
        if (!pulls.contains(ask.number))
            throw Failure(NextAction::wait_for_change, "Gitea \"acme/tools\": " + attempt(ask) + ": there is none");
        answer.pulls.push_back(pulls.at(ask.number));
    }
    void give(const AskFiles&, ForgeAnswer&) {}
    void give(const AskComments& ask, ForgeAnswer& answer) {
        answer.comments = comments[ask.number];
        answer.cut = cut;
    }
    void give(const PutComment& ask, ForgeAnswer& answer) {
        ++comments_put;
        for (auto& comment : comments[ask.number]) {
            const bool ours = comment.author == "kedge-bot" && comment.body.starts_with(ask.marker);
            if (!ours || (!ask.id.empty() && ask.id != comment.id)) continue;
            comment.body = ask.body;
            answer.id = comment.id;
            return;
        }
        answer.id = say(ask.number, "kedge-bot", ask.body);
    }
    void give(const WriteComment& ask, ForgeAnswer& answer) {
        if (lose_answers > 0) {
            --lose_answers;
            throw Failure(NextAction::retry, "Gitea \"acme/tools\": not sent: connection refused");
        }
        answer.id = say(ask.number, "kedge-bot", ask.body);
    }
    void give(const PutStatus& ask, ForgeAnswer&) {
        ++statuses_put;
        statuses[ask.status.commit] = ask.status;
    }
    void give(const AskPermission& ask, ForgeAnswer& answer) {
        const auto found = people.find(ask.user);
        answer.permission = found == people.end() ? Permission::none : found->second;
    }
    void give(const AskApprovals& ask, ForgeAnswer& answer) { answer.approvals = approvals[ask.number]; }

    ForgeDescription description_;
    int next_id_ = 100;
};

} // namespace kedge
