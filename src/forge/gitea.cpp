#include "forge/gitea.h"

#include "forge/github_shape.h"
#include "forge/github_status.h"
#include "forge/read.h"
#include "forge/talk.h"

#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

using namespace forge;

class Gitea final : public Forge {
public:
    explicit Gitea(std::string repository) {
        description_.kind = ForgeKind::gitea;
        description_.repository = std::move(repository);
        description_.most_comment = 65535;
        description_.most_line = 255;
        description_.credential_header = "Authorization";
        description_.credential_prefix = "token ";
        description_.head_ref_begin = "refs/pull/";
        description_.head_ref_end = "/head";
    }

    const ForgeDescription& describe() const override { return description_; }

    ForgeStep next(const ForgeAsk& ask, const ForgeTalk& talk) const override {
        return guarded(ask, [&] { return std::visit([&](const auto& one) { return step(one, talk); }, ask); });
    }

private:
    static constexpr Paging pages_{50, 20}; // a server gives 50 rows at most unless its settings say more

    std::string repository() const { return "/repos/" + encoded_path(description_.repository); }
    std::string pull(int number) const { return repository() + "/pulls/" + std::to_string(number); }
    static std::string page_query(int page) { return "limit=50&page=" + std::to_string(page); }

    // GET /user HTTP/1.1
    // 403 where the token lacks the scope read:user.
    static ForgeStep step(const AskAccount& ask, const ForgeTalk& talk) {
        if (talk.empty()) return look(json_request("GET", "/user"));
        if (!is_success(talk.front())) return refusal(ask, talk.front(), "the token needs the scope read:user");
        ForgeAnswer answer;
        answer.account = text(json_answer(talk.front()), {"login"});
        return answer;
    }

    // GET /repos/acme/mcp/pulls?state=open&sort=recentupdate&limit=50&page=1 HTTP/1.1
    ForgeStep step(const AskOpenPulls& ask, const ForgeTalk& talk) const {
        Pages pages{pages_,
                    [&](int page) {
                        return json_request("GET",
                                            repository() + "/pulls?state=open&sort=recentupdate&" + page_query(page));
                    },
                    [&](const Json& row, ForgeAnswer& answer) {
                        if (!has_no_head(row)) answer.pulls.push_back(read_pull(row, description_.repository));
                    }};
        return read_pages(ask, talk, pages);
    }

    // GET /repos/acme/mcp/pulls/12 HTTP/1.1
    ForgeStep step(const AskPull& ask, const ForgeTalk& talk) const {
        if (talk.empty()) return look(json_request("GET", pull(ask.number)));
        if (!is_success(talk.front())) return refusal(ask, talk.front());
        ForgeAnswer answer;
        answer.pulls.push_back(read_pull(json_answer(talk.front()), description_.repository));
        return answer;
    }

    // GET /repos/acme/mcp/pulls/12/files?limit=50&page=1 HTTP/1.1
    ForgeStep step(const AskFiles& ask, const ForgeTalk& talk) const {
        Pages pages{{pages_.rows_of_page, 60},
                    [&](int page) { return json_request("GET", pull(ask.number) + "/files?" + page_query(page)); },
                    [](const Json& row, ForgeAnswer& answer) {
                        auto name = text(row, {"filename"}, most_url);
                        if (name.empty()) throw std::invalid_argument("the answer holds no file");
                        answer.files.push_back(std::move(name));
                        auto before = text(row, {"previous_filename"}, most_url);
                        if (!before.empty()) answer.files.push_back(std::move(before));
                    }};
        return read_pages(ask, talk, pages);
    }

    // GET   /repos/acme/mcp/issues/12/comments HTTP/1.1      (all of them at once: this list has no pages)
    // POST  /repos/acme/mcp/issues/12/comments HTTP/1.1      {"body": "..."}
    // PATCH /repos/acme/mcp/issues/comments/4711 HTTP/1.1    {"body": "..."}
    CommentVerbs comments(int number, const std::string& body) const {
        const auto all = repository() + "/issues/" + std::to_string(number) + "/comments";
        CommentVerbs verbs;
        verbs.paging = {1'000'000, 1};
        verbs.list = [all](int) { return json_request("GET", all); };
        verbs.create = [all, body] { return json_request("POST", all, {{"body", body}}); };
        verbs.edit = [base = repository(), body](const std::string& id) {
            return json_request("PATCH", base + "/issues/comments/" + encoded_segment(id), {{"body", body}});
        };
        verbs.read = read_comment;
        return verbs;
    }

    ForgeStep step(const AskComments& ask, const ForgeTalk& talk) const {
        const auto verbs = comments(ask.number, {});
        Pages pages{verbs.paging, verbs.list,
                    [&](const Json& row, ForgeAnswer& answer) { answer.comments.push_back(verbs.read(row)); }};
        return read_pages(ask, talk, pages);
    }
    ForgeStep step(const PutComment& ask, const ForgeTalk& talk) const {
        const auto problem = comment_problem(ask.body, description_);
        if (!problem.empty()) return refusal(ask, ForgeTrouble::invalid, problem);
        return put_comment(ask, talk, comments(ask.number, ask.body));
    }
    ForgeStep step(const WriteComment& ask, const ForgeTalk& talk) const {
        const auto problem = comment_problem(ask.body, description_);
        if (!problem.empty()) return refusal(ask, ForgeTrouble::invalid, problem);
        return write_comment(ask, talk, comments(ask.number, ask.body));
    }

    // POST /repos/acme/mcp/statuses/6dcb09b5b57875f334f61aebed695e2e4193db5e HTTP/1.1
    //
    // {"context": "kedge", "description": "2 to create", "state": "success", "target_url": "https://..."}
    // 500 where the commit is not there (yet).
    ForgeStep step(const PutStatus& ask, const ForgeTalk& talk) const {
        if (!is_commit(ask.status.commit)) return refusal(ask, ForgeTrouble::invalid, "that is no commit");
        if (talk.empty()) {
            return repeatable(json_request("POST", repository() + "/statuses/" + ask.status.commit,
                                           commit_status_body(ask.status, description_.most_line)));
        }
        if (!is_success(talk.front())) return refusal(ask, talk.front());
        return ForgeAnswer{};
    }

    // GET /repos/acme/mcp/collaborators/ann/permission HTTP/1.1
    // 404: nobody of that name. 403: only an administrator of the repository may ask for others.
    ForgeStep step(const AskPermission& ask, const ForgeTalk& talk) const {
        if (talk.empty()) {
            auto send =
                look(json_request("GET", repository() + "/collaborators/" + encoded_segment(ask.user) + "/permission"));
            send.absence_is_answer = true;
            return send;
        }
        ForgeAnswer answer;
        if (is_status(talk.front(), 404)) return answer;
        if (!is_success(talk.front()))
            return refusal(ask, talk.front(), "the token's account must be an administrator of the repository");
        answer.permission = read_permission(json_answer(talk.front()));
        return answer;
    }

    // GET /repos/acme/mcp/pulls/12/reviews?limit=50&page=1 HTTP/1.1
    // Oldest first. A list that was cut could hide that an approval was taken back, so it counts for nothing.
    ForgeStep step(const AskApprovals& ask, const ForgeTalk& talk) const {
        Pages pages{pages_,
                    [&](int page) { return json_request("GET", pull(ask.number) + "/reviews?" + page_query(page)); },
                    [](const Json& row, ForgeAnswer& answer) { add_review(answer.approvals, read_review(row)); }};
        auto answer = read_pages(ask, talk, pages);
        auto* whole = std::get_if<ForgeAnswer>(&answer);
        if (whole != nullptr && whole->cut) whole->approvals.clear();
        return answer;
    }

    ForgeDescription description_;
};

} // namespace

std::unique_ptr<Forge> make_gitea(std::string repository) {
    return std::make_unique<Gitea>(std::move(repository));
}

} // namespace kedge
