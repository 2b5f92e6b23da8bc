#include "forge/github.h"

#include "forge/github_shape.h"
#include "forge/github_status.h"
#include "forge/read.h"
#include "forge/talk.h"

#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

using namespace forge;

class Github final : public Forge {
public:
    Github(std::string repository, bool check_runs) : check_runs_(check_runs) {
        description_.kind = ForgeKind::github;
        description_.repository = std::move(repository);
        description_.most_comment = 65536;
        description_.most_line = 140;
        description_.has_annotations = check_runs;
        description_.credential_header = "Authorization";
        description_.credential_prefix = "Bearer ";
        description_.head_ref_begin = "refs/pull/";
        description_.head_ref_end = "/head";
    }

    const ForgeDescription& describe() const override { return description_; }

    ForgeStep next(const ForgeAsk& ask, const ForgeTalk& talk) const override {
        return guarded(ask, [&] { return std::visit([&](const auto& one) { return step(one, talk); }, ask); });
    }

private:
    std::string repository() const { return "/repos/" + encoded_path(description_.repository); }
    std::string pull(int number) const { return repository() + "/pulls/" + std::to_string(number); }

    // GET /user HTTP/1.1
    // 403 for the tokens of an app's installation: those have no user.
    static ForgeStep step(const AskAccount& ask, const ForgeTalk& talk) {
        if (talk.empty()) {
            auto send = look(github_request("GET", "/user"));
            send.absence_is_answer = true;
            return send;
        }
        ForgeAnswer answer;
        if (is_status(talk.front(), 403) || is_status(talk.front(), 404)) return answer;
        if (!is_success(talk.front())) return refusal(ask, talk.front());
        answer.account = text(json_answer(talk.front()), {"login"});
        return answer;
    }

    // GET /repos/acme/mcp/pulls?state=open&sort=updated&direction=desc&per_page=100&page=1 HTTP/1.1
    ForgeStep step(const AskOpenPulls& ask, const ForgeTalk& talk) const {
        Pages pages;
        pages.request = [&](int page) {
            return github_request(
                "GET", repository() +
                           "/pulls?state=open&sort=updated&direction=desc&per_page=100&page=" + std::to_string(page));
        };
        pages.row = [&](const Json& row, ForgeAnswer& answer) {
            if (!has_no_head(row)) answer.pulls.push_back(read_pull(row, description_.repository));
        };
        return read_pages(ask, talk, pages);
    }

    // GET /repos/acme/mcp/pulls/12 HTTP/1.1
    ForgeStep step(const AskPull& ask, const ForgeTalk& talk) const {
        if (talk.empty()) return look(github_request("GET", pull(ask.number)));
        if (!is_success(talk.front())) return refusal(ask, talk.front());
        ForgeAnswer answer;
        answer.pulls.push_back(read_pull(json_answer(talk.front()), description_.repository));
        return answer;
    }

    // GET /repos/acme/mcp/pulls/12/files?per_page=100&page=1 HTTP/1.1
    // Published: 3000 files at most.
    ForgeStep step(const AskFiles& ask, const ForgeTalk& talk) const {
        Pages pages;
        pages.paging.most_pages = 30;
        pages.request = [&](int page) {
            return github_request("GET", pull(ask.number) + "/files?per_page=100&page=" + std::to_string(page));
        };
        pages.row = [](const Json& row, ForgeAnswer& answer) { add_files(row, answer.files); };
        return read_pages(ask, talk, pages);
    }

    static void add_files(const Json& row, std::vector<std::string>& files) {
        auto name = text(row, {"filename"}, most_url);
        if (name.empty()) throw std::invalid_argument("the answer holds no file");
        files.push_back(std::move(name));
        auto before = text(row, {"previous_filename"}, most_url);
        if (!before.empty()) files.push_back(std::move(before));
    }

    // GET   /repos/acme/mcp/issues/12/comments?per_page=100&page=1 HTTP/1.1
    // POST  /repos/acme/mcp/issues/12/comments HTTP/1.1        {"body": "..."}
    // PATCH /repos/acme/mcp/issues/comments/4711 HTTP/1.1      {"body": "..."}
    CommentVerbs comments(int number, const std::string& body) const {
        const auto all = repository() + "/issues/" + std::to_string(number) + "/comments";
        CommentVerbs verbs;
        verbs.list = [all](int page) {
            return github_request("GET", all + "?per_page=100&page=" + std::to_string(page));
        };
        verbs.create = [all, body] { return github_request("POST", all, {{"body", body}}); };
        verbs.edit = [base = repository(), body](const std::string& id) {
            return github_request("PATCH", base + "/issues/comments/" + encoded_segment(id), {{"body", body}});
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
    ForgeStep step(const PutStatus& ask, const ForgeTalk& talk) const {
        if (!is_commit(ask.status.commit)) return refusal(ask, ForgeTrouble::invalid, "that is no commit");
        if (check_runs_) return put_check_run(ask, talk, repository());
        if (talk.empty()) {
            return repeatable(github_request("POST", repository() + "/statuses/" + ask.status.commit,
                                             commit_status_body(ask.status, description_.most_line)));
        }
        if (!is_success(talk.front())) return refusal(ask, talk.front());
        return ForgeAnswer{};
    }

    // GET /repos/acme/mcp/collaborators/ann/permission HTTP/1.1
    // 404: nobody of that name is known here.
    ForgeStep step(const AskPermission& ask, const ForgeTalk& talk) const {
        if (talk.empty()) {
            auto send = look(
                github_request("GET", repository() + "/collaborators/" + encoded_segment(ask.user) + "/permission"));
            send.absence_is_answer = true;
            return send;
        }
        ForgeAnswer answer;
        if (is_status(talk.front(), 404)) return answer;
        if (!is_success(talk.front()))
            return refusal(ask, talk.front(), "the token's account must be able to write to the repository");
        answer.permission = read_permission(json_answer(talk.front()));
        return answer;
    }

    // GET /repos/acme/mcp/pulls/12/reviews?per_page=100&page=1 HTTP/1.1
    // Oldest first. A list that was cut could hide that an approval was taken back, so it counts for nothing.
    ForgeStep step(const AskApprovals& ask, const ForgeTalk& talk) const {
        Pages pages;
        pages.request = [&](int page) {
            return github_request("GET", pull(ask.number) + "/reviews?per_page=100&page=" + std::to_string(page));
        };
        pages.row = [](const Json& row, ForgeAnswer& answer) { add_review(answer.approvals, read_review(row)); };
        auto answer = read_pages(ask, talk, pages);
        auto* whole = std::get_if<ForgeAnswer>(&answer);
        if (whole != nullptr && whole->cut) whole->approvals.clear();
        return answer;
    }

    ForgeDescription description_;
    bool check_runs_;
};

} // namespace

std::unique_ptr<Forge> make_github(std::string repository, bool check_runs) {
    return std::make_unique<Github>(std::move(repository), check_runs);
}

} // namespace kedge
