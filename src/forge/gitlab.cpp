#include "forge/gitlab.h"

#include "base/remote_words.h"
#include "forge/gitlab_shape.h"
#include "forge/read.h"
#include "forge/talk.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

using namespace forge;

// An error is a failure there.
std::string state_word(StatusState state) {
    if (state == StatusState::pending) return "pending";
    return state == StatusState::success ? "success" : "failed";
}

// It takes no status for the one that a commit has already.
bool is_no_move(const ForgeExchange& exchange) {
    return is_status(exchange, 400) &&
           message_of(exchange.response).find("Cannot transition status") != std::string::npos;
}

class Gitlab final : public Forge {
public:
    explicit Gitlab(std::string repository) {
        description_.kind = ForgeKind::gitlab;
        description_.repository = std::move(repository);
        description_.most_comment = 1'000'000;
        description_.most_line = 255;
        description_.approvals_name_heads = false;
        description_.credential_header = "Authorization";
        description_.credential_prefix = "Bearer ";
        description_.head_ref_begin = "refs/merge-requests/";
        description_.head_ref_end = "/head";
    }

    const ForgeDescription& describe() const override { return description_; }

    ForgeStep next(const ForgeAsk& ask, const ForgeTalk& talk) const override {
        return guarded(ask, [&] { return std::visit([&](const auto& one) { return step(one, talk); }, ask); });
    }

private:
    // The whole path is one segment: "acme%2Fmcp".
    std::string project() const { return "/projects/" + encoded_segment(description_.repository); }
    std::string merge_request(int number) const { return project() + "/merge_requests/" + std::to_string(number); }
    static std::string page_query(int page) { return "per_page=100&page=" + std::to_string(page); }

    // GET /user HTTP/1.1
    static ForgeStep step(const AskAccount& ask, const ForgeTalk& talk) {
        if (talk.empty()) return look(json_request("GET", "/user"));
        if (!is_success(talk.front())) return refusal(ask, talk.front(), "the token needs the scope api");
        ForgeAnswer answer;
        answer.account = text(json_answer(talk.front()), {"username"});
        return answer;
    }

    // GET /projects/acme%2Fmcp/merge_requests?state=opened&order_by=updated_at&sort=desc&per_page=100&page=1 HTTP/1.1
    ForgeStep step(const AskOpenPulls& ask, const ForgeTalk& talk) const {
        Pages pages{{},
                    [&](int page) {
                        return json_request("GET", project() +
                                                       "/merge_requests?state=opened&order_by=updated_at&sort=desc&" +
                                                       page_query(page));
                    },
                    [&](const Json& row, ForgeAnswer& answer) {
                        if (number(row, {"iid"}) > 0 && commit(row, {"sha"}).empty()) return; // its branch is gone
                        answer.pulls.push_back(read_merge_request(row, description_.repository));
                        answer.moved.push_back(text(row, {"updated_at"}));
                    }};
        return read_pages(ask, talk, pages);
    }

    // GET /projects/acme%2Fmcp/merge_requests/12 HTTP/1.1
    // GET /projects/4711 HTTP/1.1      (of a fork: which repository that is; 404 where the token may not see it)
    ForgeStep step(const AskPull& ask, const ForgeTalk& talk) const {
        if (talk.empty()) return look(json_request("GET", merge_request(ask.number)));
        if (!is_success(talk.front())) return refusal(ask, talk.front());
        ForgeAnswer answer;
        answer.pulls.push_back(read_merge_request(json_answer(talk.front()), description_.repository));
        auto& pull = answer.pulls.front();
        const auto fork = source_project(pull);
        if (fork.empty()) return answer;
        if (talk.size() == 1) {
            auto send = look(json_request("GET", "/projects/" + fork));
            send.absence_is_answer = true;
            return send;
        }
        const bool hidden = is_status(talk[1], 404) || is_status(talk[1], 403);
        if (!hidden && !is_success(talk[1])) return refusal(ask, talk[1]);
        const auto name = hidden ? std::string() : text(json_answer(talk[1]), {"path_with_namespace"});
        if (!name.empty()) pull.head_repository = name;
        return answer;
    }

    // GET /projects/acme%2Fmcp/merge_requests/12/diffs?per_page=100&page=1 HTTP/1.1
    ForgeStep step(const AskFiles& ask, const ForgeTalk& talk) const {
        Pages pages{
            {100, 30},
            [&](int page) { return json_request("GET", merge_request(ask.number) + "/diffs?" + page_query(page)); },
            [](const Json& row, ForgeAnswer& answer) {
                const auto now = text(row, {"new_path"}, most_url);
                const auto before = text(row, {"old_path"}, most_url);
                if (now.empty() || before.empty()) throw std::invalid_argument("the answer holds no file");
                answer.files.push_back(now);
                if (before != now) answer.files.push_back(before);
            }};
        return read_pages(ask, talk, pages);
    }

    // GET  /projects/acme%2Fmcp/merge_requests/12/notes?order_by=created_at&sort=asc&per_page=100&page=1 HTTP/1.1
    // POST /projects/acme%2Fmcp/merge_requests/12/notes HTTP/1.1         {"body": "..."}
    // PUT  /projects/acme%2Fmcp/merge_requests/12/notes/4711 HTTP/1.1    {"body": "..."}
    CommentVerbs notes(int number, const std::string& body) const {
        const auto all = merge_request(number) + "/notes";
        CommentVerbs verbs;
        verbs.list = [all](int page) {
            return json_request("GET", all + "?order_by=created_at&sort=asc&" + page_query(page));
        };
        verbs.create = [all, body] { return json_request("POST", all, {{"body", body}}); };
        verbs.edit = [all, body](const std::string& id) {
            return json_request("PUT", all + "/" + encoded_segment(id), {{"body", body}});
        };
        verbs.read = read_note;
        verbs.is_comment = [](const Json& row) { return !is_system_note(row); };
        return verbs;
    }

    ForgeStep step(const AskComments& ask, const ForgeTalk& talk) const {
        return read_comments(ask, talk, notes(ask.number, {}));
    }
    ForgeStep step(const PutComment& ask, const ForgeTalk& talk) const {
        return put_comment(ask, talk, notes(ask.number, ask.body), description_);
    }
    ForgeStep step(const WriteComment& ask, const ForgeTalk& talk) const {
        return write_comment(ask, talk, notes(ask.number, ask.body), description_);
    }

    // POST /projects/acme%2Fmcp/statuses/6dcb09b5b57875f334f61aebed695e2e4193db5e HTTP/1.1
    //
    // {"description": "2 to create", "name": "kedge", "state": "success", "target_url": "https://..."}
    // 400 "Cannot transition status via :enqueue from :pending" where it is pending and stays so; then
    // GET /projects/acme%2Fmcp/repository/commits/6dcb.../statuses?name=kedge&per_page=100 HTTP/1.1 tells.
    ForgeStep step(const PutStatus& ask, const ForgeTalk& talk) const {
        const auto& status = ask.status;
        if (!is_commit(status.commit)) return refusal(ask, ForgeTrouble::invalid, "that is no commit");
        const auto state = state_word(status.state);
        if (talk.empty()) {
            Json body{{"state", state},
                      {"name", status.name},
                      {"description", first_characters(status.line, description_.most_line)}};
            if (!status.url.empty() && status.url.size() <= 255) body["target_url"] = status.url;
            return repeatable(json_request("POST", project() + "/statuses/" + status.commit, body));
        }
        if (is_success(talk.front())) return ForgeAnswer{};
        if (!is_no_move(talk.front())) return refusal(ask, talk.front());
        if (talk.size() == 1) {
            return look(json_request("GET", project() + "/repository/commits/" + status.commit +
                                                "/statuses?per_page=100&name=" + percent_encode(status.name)));
        }
        if (!is_success(talk[1])) return refusal(ask, talk[1]);
        const auto list = json_answer(talk[1]);
        if (!list.is_array()) throw std::invalid_argument("the answer is no list of statuses");
        const bool there = std::any_of(list.begin(), list.end(), [&](const Json& one) {
            return text(one, {"name"}) == status.name && text(one, {"status"}) == state;
        });
        return there ? ForgeStep(ForgeAnswer{}) : ForgeStep(refusal(ask, talk.front()));
    }

    // GET /users?username=ann HTTP/1.1
    // GET /projects/acme%2Fmcp/members/all/42 HTTP/1.1
    ForgeStep step(const AskPermission& ask, const ForgeTalk& talk) const {
        ForgeAnswer answer;
        if (talk.empty()) return look(json_request("GET", "/users?username=" + encoded_segment(ask.user)));
        if (!is_success(talk.front())) return refusal(ask, talk.front());
        const auto users = json_answer(talk.front());
        if (!users.is_array()) throw std::invalid_argument("the answer is no list of users");
        if (users.size() != 1) return answer; // unknown
        const auto user = id(users.front(), {"id"});
        if (user.empty()) throw std::invalid_argument("the answer holds no user");
        if (talk.size() == 1) {
            auto send = look(json_request("GET", project() + "/members/all/" + user));
            send.absence_is_answer = true;
            return send;
        }
        if (is_status(talk[1], 404)) return answer;
        if (!is_success(talk[1])) return refusal(ask, talk[1]);
        answer.permission = read_member(json_answer(talk[1]));
        return answer;
    }

    // GET /projects/acme%2Fmcp/merge_requests/12/approvals HTTP/1.1
    // GET /projects/acme%2Fmcp/merge_requests/12/versions?per_page=100&page=1 HTTP/1.1
    // Who has taken it back is not in the list. A version is one push; newest first, so what is beyond the first
    // hundred is older than any approval that could be of the head.
    ForgeStep step(const AskApprovals& ask, const ForgeTalk& talk) const {
        if (talk.empty()) return look(json_request("GET", merge_request(ask.number) + "/approvals"));
        if (!is_success(talk.front())) return refusal(ask, talk.front());
        const auto approvals = read_approvals(json_answer(talk.front()));
        if (approvals.empty()) return ForgeAnswer{};
        if (talk.size() == 1)
            return look(json_request("GET", merge_request(ask.number) + "/versions?" + page_query(1)));
        if (!is_success(talk[1])) return refusal(ask, talk[1]);
        ForgeAnswer answer;
        answer.approvals = approvals_with_heads(approvals, json_answer(talk[1]));
        return answer;
    }

    ForgeDescription description_;
};

} // namespace

std::unique_ptr<Forge> make_gitlab(std::string repository) {
    return std::make_unique<Gitlab>(std::move(repository));
}

} // namespace kedge
