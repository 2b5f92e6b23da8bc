#include "forge/github_like.h"

#include "forge/github_shape.h"
#include "forge/github_status.h"
#include "forge/read.h"

#include <stdexcept>
#include <utility>

namespace kedge::forge {

namespace {

void add_files(const Json& row, ForgeAnswer& answer) {
    auto name = text(row, {"filename"}, most_url);
    if (name.empty()) throw std::invalid_argument("the answer holds no file");
    answer.files.push_back(std::move(name));
    auto before = text(row, {"previous_filename"}, most_url);
    if (!before.empty()) answer.files.push_back(std::move(before));
}

class Like final : public Forge {
public:
    explicit Like(GithubLike words) : words_(std::move(words)) {}

    const ForgeDescription& describe() const override { return words_.description; }

    ForgeStep next(const ForgeAsk& ask, const ForgeTalk& talk) const override {
        return guarded(ask, [&] { return std::visit([&](const auto& one) { return step(one, talk); }, ask); });
    }

private:
    std::string repository() const { return "/repos/" + encoded_path(words_.description.repository); }
    std::string pull(int number) const { return repository() + "/pulls/" + std::to_string(number); }
    HttpRequest get(const std::string& target) const { return words_.request("GET", target, Json()); }
    std::string page_query(int page) const {
        return words_.rows_of_page + "=" + std::to_string(words_.pages.rows_of_page) + "&page=" + std::to_string(page);
    }

    // GET /user HTTP/1.1
    ForgeStep step(const AskAccount& ask, const ForgeTalk& talk) const {
        if (talk.empty()) {
            auto send = look(get("/user"));
            send.absence_is_answer = words_.may_be_nobody;
            return send;
        }
        ForgeAnswer answer;
        const bool nobody = is_status(talk.front(), 403) || is_status(talk.front(), 404);
        if (nobody && words_.may_be_nobody) return answer;
        if (!is_success(talk.front())) return refusal(ask, talk.front(), words_.account_hint);
        answer.account = text(json_answer(talk.front()), {"login"});
        return answer;
    }

    // GET /repos/acme/mcp/pulls?state=open&sort=updated&direction=desc&per_page=100&page=1 HTTP/1.1
    ForgeStep step(const AskOpenPulls& ask, const ForgeTalk& talk) const {
        Pages pages;
        pages.paging = words_.pages;
        pages.request = [&](int page) {
            return get(repository() + "/pulls?" + words_.open_pulls + "&" + page_query(page));
        };
        pages.row = [&](const Json& row, ForgeAnswer& answer) {
            if (has_no_head(row)) return;
            answer.pulls.push_back(read_pull(row, words_.description.repository));
            answer.moved.push_back(text(row, {"updated_at"}));
        };
        return read_pages(ask, talk, pages);
    }

    // GET /repos/acme/mcp/pulls/12 HTTP/1.1
    ForgeStep step(const AskPull& ask, const ForgeTalk& talk) const {
        if (talk.empty()) return look(get(pull(ask.number)));
        if (!is_success(talk.front())) return refusal(ask, talk.front());
        ForgeAnswer answer;
        answer.pulls.push_back(read_pull(json_answer(talk.front()), words_.description.repository));
        return answer;
    }

    // GET /repos/acme/mcp/pulls/12/files?per_page=100&page=1 HTTP/1.1
    ForgeStep step(const AskFiles& ask, const ForgeTalk& talk) const {
        Pages pages;
        pages.paging = {words_.pages.rows_of_page, words_.most_file_pages};
        pages.request = [&](int page) { return get(pull(ask.number) + "/files?" + page_query(page)); };
        pages.row = add_files;
        return read_pages(ask, talk, pages);
    }

    // GET   /repos/acme/mcp/issues/12/comments?per_page=100&page=1 HTTP/1.1
    // POST  /repos/acme/mcp/issues/12/comments HTTP/1.1        {"body": "..."}
    // PATCH /repos/acme/mcp/issues/comments/4711 HTTP/1.1      {"body": "..."}
    CommentVerbs comments(int number, const std::string& body) const {
        const auto all = repository() + "/issues/" + std::to_string(number) + "/comments";
        CommentVerbs verbs;
        verbs.paging = words_.pages;
        if (!words_.pages_comments) verbs.paging = {1'000'000, 1};
        verbs.list = [this, all](int page) { return get(words_.pages_comments ? all + "?" + page_query(page) : all); };
        verbs.create = [this, all, body] { return words_.request("POST", all, {{"body", body}}); };
        verbs.edit = [this, body](const std::string& id) {
            return words_.request("PATCH", repository() + "/issues/comments/" + encoded_segment(id), {{"body", body}});
        };
        verbs.read = read_comment;
        return verbs;
    }

    ForgeStep step(const AskComments& ask, const ForgeTalk& talk) const {
        return read_comments(ask, talk, comments(ask.number, {}));
    }
    ForgeStep step(const PutComment& ask, const ForgeTalk& talk) const {
        return put_comment(ask, talk, comments(ask.number, ask.body), words_.description);
    }
    ForgeStep step(const WriteComment& ask, const ForgeTalk& talk) const {
        return write_comment(ask, talk, comments(ask.number, ask.body), words_.description);
    }

    // POST /repos/acme/mcp/statuses/6dcb09b5b57875f334f61aebed695e2e4193db5e HTTP/1.1
    //
    // {"context": "kedge", "description": "2 to create", "state": "success", "target_url": "https://..."}
    ForgeStep step(const PutStatus& ask, const ForgeTalk& talk) const {
        if (!is_commit(ask.status.commit)) return refusal(ask, ForgeTrouble::invalid, "that is no commit");
        if (words_.check_runs) return put_check_run(ask, talk, repository());
        if (talk.empty()) {
            return repeatable(words_.request("POST", repository() + "/statuses/" + ask.status.commit,
                                             commit_status_body(ask.status, words_.description.most_line)));
        }
        if (!is_success(talk.front())) return refusal(ask, talk.front());
        return ForgeAnswer{};
    }

    // GET /repos/acme/mcp/collaborators/ann/permission HTTP/1.1
    // 404: nobody of that name is known here.
    ForgeStep step(const AskPermission& ask, const ForgeTalk& talk) const {
        if (talk.empty()) {
            auto send = look(get(repository() + "/collaborators/" + encoded_segment(ask.user) + "/permission"));
            send.absence_is_answer = true;
            return send;
        }
        ForgeAnswer answer;
        if (is_status(talk.front(), 404)) return answer;
        if (!is_success(talk.front())) return refusal(ask, talk.front(), words_.permission_hint);
        answer.permission = read_permission(json_answer(talk.front()));
        return answer;
    }

    // GET /repos/acme/mcp/pulls/12/reviews?per_page=100&page=1 HTTP/1.1
    // Oldest first. A list that was cut could hide that an approval was taken back, so it counts for nothing.
    ForgeStep step(const AskApprovals& ask, const ForgeTalk& talk) const {
        Pages pages;
        pages.paging = words_.pages;
        pages.request = [&](int page) { return get(pull(ask.number) + "/reviews?" + page_query(page)); };
        pages.row = [](const Json& row, ForgeAnswer& answer) { add_review(answer.approvals, read_review(row)); };
        auto answer = read_pages(ask, talk, pages);
        auto* whole = std::get_if<ForgeAnswer>(&answer);
        if (whole != nullptr && whole->cut) whole->approvals.clear();
        return answer;
    }

    GithubLike words_;
};

} // namespace

std::unique_ptr<Forge> make_github_like(GithubLike words) {
    return std::make_unique<Like>(std::move(words));
}

} // namespace kedge::forge
