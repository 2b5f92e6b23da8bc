#include "forge/event.h"

#include "forge/read.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

using namespace forge;

constexpr std::size_t most_payload = 25U << 20; // no forge sends more
constexpr std::size_t most_body = 4096;

bool is_plain(const std::string& url) {
    return !url.empty() && std::none_of(url.begin(), url.end(), [](unsigned char c) { return c <= 0x20 || c >= 0x7f; });
}

void add_urls(ForgeEvent& event, const Json& root, const char* object, Path names) {
    for (const auto* name : names) {
        auto url = text(root, {object, name}, most_url);
        if (is_plain(url) && std::find(event.urls.begin(), event.urls.end(), url) == event.urls.end())
            event.urls.push_back(std::move(url));
    }
}

// As git takes it, and no pattern.
bool is_branch_ref(std::string_view ref) {
    constexpr std::string_view heads = "refs/heads/";
    return ref.size() > heads.size() && ref.starts_with(heads) && ref.find("..") == std::string_view::npos &&
           ref.find_first_of("*?[]:^~\\") == std::string_view::npos &&
           std::none_of(ref.begin(), ref.end(), [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
}

// A line that was cut could say what nobody wrote.
std::string whole_lines(const std::string& body) {
    if (body.size() <= most_body) return body;
    const auto end = body.rfind('\n', most_body - 1);
    return end == std::string::npos ? std::string() : body.substr(0, end + 1);
}

void take_comment(ForgeEvent& event, const Json& root, Path id_path, Path author_path, Path body_path) {
    event.kind = ForgeEventKind::commented;
    event.comment = id(root, id_path);
    event.author = text(root, author_path);
    const auto* body = member(root, body_path);
    if (event.comment.empty() || event.author.empty() || body == nullptr || !body->is_string())
        event.problem = "the body names no comment, author and text";
    else
        event.body = whole_lines(body->get<std::string>());
}

// pull_request of GitHub and Gitea; what Gitea writes in another way stands beside it.
ForgeEventKind pull_kind(const Json& root) {
    const auto action = text(root, {"action"});
    if (action == "opened" || action == "reopened") return ForgeEventKind::opened;
    if (action == "synchronize" || action == "synchronized") return ForgeEventKind::moved;
    if (action == "ready_for_review" || action == "converted_to_draft") return ForgeEventKind::moved;
    if (action == "edited")
        return member(root, {"changes", "base"}) != nullptr || member(root, {"changes", "ref"}) != nullptr
                   ? ForgeEventKind::moved
                   : ForgeEventKind::nothing;
    if (action == "closed")
        return flag(root, {"pull_request", "merged"}) ? ForgeEventKind::merged : ForgeEventKind::closed;
    return ForgeEventKind::nothing;
}

void take_pull(ForgeEvent& event, const Json& root, ForgeEventKind kind) {
    event.kind = kind;
    event.number = number(root, {"pull_request", "number"});
    event.head_commit = commit(root, {"pull_request", "head", "sha"});
}

void take_merge_group(ForgeEvent& event, const Json& root) {
    constexpr std::string_view heads = "refs/heads/";
    if (text(root, {"action"}) != "checks_requested") return;
    event.kind = ForgeEventKind::merge_group;
    event.head_commit = commit(root, {"merge_group", "head_sha"});
    event.head_ref = text(root, {"merge_group", "head_ref"}, 500);
    event.base_branch = text(root, {"merge_group", "base_ref"});
    if (event.base_branch.starts_with(heads)) event.base_branch.erase(0, heads.size());
    if (event.head_commit.empty() || !is_branch_ref(event.head_ref) || event.base_branch.empty())
        event.problem = "the body names no merge group with head and base";
}

// Also Gitea's: `is_pull` there, `issue.pull_request` here (and there).
void take_issue_comment(ForgeEvent& event, const Json& root) {
    const auto* of_pull = member(root, {"issue", "pull_request"});
    const bool is_pull = (of_pull != nullptr && of_pull->is_object()) || flag(root, {"is_pull"});
    if (!is_pull || text(root, {"action"}) != "created") return;
    event.number = number(root, {"issue", "number"});
    take_comment(event, root, {"comment", "id"}, {"comment", "user", "login"}, {"comment", "body"});
}

void read_github(ForgeEvent& event, std::string_view name, const Json& root) {
    add_urls(event, root, "repository", {"clone_url", "ssh_url", "git_url", "html_url"});
    event.repository = text(root, {"repository", "full_name"});
    if (name == "pull_request") return take_pull(event, root, pull_kind(root));
    if (name == "issue_comment") return take_issue_comment(event, root);
    if (name == "merge_group") return take_merge_group(event, root);
    const auto action = text(root, {"action"});
    if (name == "pull_request_review" && (action == "submitted" || action == "dismissed"))
        take_pull(event, root, ForgeEventKind::reviewed);
}

// Read in the source of Gitea 1.26: synchronisations are posted as pull_request, comments as issue_comment, reviews as
// pull_request_approved, _rejected and _comment.
void read_gitea(ForgeEvent& event, std::string_view name, const Json& root) {
    add_urls(event, root, "repository", {"clone_url", "ssh_url", "html_url"});
    event.repository = text(root, {"repository", "full_name"});
    if (name == "pull_request" || name == "pull_request_sync") return take_pull(event, root, pull_kind(root));
    if (name == "issue_comment" || (name == "pull_request_comment" && member(root, {"comment"}) != nullptr))
        return take_issue_comment(event, root);
    if (name == "pull_request_approved" || name == "pull_request_rejected")
        take_pull(event, root, ForgeEventKind::reviewed);
}

ForgeEventKind merge_request_kind(const Json& root) {
    const auto action = text(root, {"object_attributes", "action"});
    if (action == "open" || action == "reopen") return ForgeEventKind::opened;
    if (action == "close") return ForgeEventKind::closed;
    if (action == "merge") return ForgeEventKind::merged;
    if (action == "approved" || action == "approval" || action == "unapproved" || action == "unapproval")
        return ForgeEventKind::reviewed;
    const bool moves = member(root, {"object_attributes", "oldrev"}) != nullptr ||
                       member(root, {"changes", "target_branch"}) != nullptr ||
                       member(root, {"changes", "draft"}) != nullptr;
    return action == "update" && moves ? ForgeEventKind::moved : ForgeEventKind::nothing;
}

// Older GitLabs post edited notes as well, and do not say which is which: a new one has never been updated.
bool is_new_note(const Json& root) {
    const auto action = text(root, {"object_attributes", "action"});
    if (!action.empty()) return action == "create";
    const auto made = text(root, {"object_attributes", "created_at"});
    return !made.empty() && made == text(root, {"object_attributes", "updated_at"});
}

void read_gitlab(ForgeEvent& event, const Json& root) {
    add_urls(event, root, "project", {"git_http_url", "git_ssh_url", "web_url"});
    event.repository = text(root, {"project", "path_with_namespace"});
    const auto kind = text(root, {"object_kind"});
    if (kind == "merge_request") {
        event.kind = merge_request_kind(root);
        event.number = number(root, {"object_attributes", "iid"});
        event.head_commit = commit(root, {"object_attributes", "last_commit", "id"});
    } else if (kind == "note" && text(root, {"object_attributes", "noteable_type"}) == "MergeRequest" &&
               is_new_note(root) && !flag(root, {"object_attributes", "system"})) {
        event.number = number(root, {"merge_request", "iid"});
        event.head_commit = commit(root, {"merge_request", "last_commit", "id"});
        take_comment(event, root, {"object_attributes", "id"}, {"user", "username"}, {"object_attributes", "note"});
    }
}

ForgeEvent with_problem(std::string problem) {
    ForgeEvent event;
    event.problem = std::move(problem);
    return event;
}

} // namespace

std::string_view to_text(ForgeEventKind kind) {
    switch (kind) {
    case ForgeEventKind::nothing:
        return "nothing";
    case ForgeEventKind::opened:
        return "opened";
    case ForgeEventKind::moved:
        return "moved";
    case ForgeEventKind::closed:
        return "closed";
    case ForgeEventKind::merged:
        return "merged";
    case ForgeEventKind::reviewed:
        return "reviewed";
    case ForgeEventKind::commented:
        return "commented";
    case ForgeEventKind::merge_group:
        break;
    }
    return "merge group";
}

ForgeEvent read_forge_event(ForgeKind kind, std::string_view event, std::string_view body) {
    if (body.size() > most_payload) return with_problem("the body is larger than 25 MiB");
    Json root;
    try {
        root = parse_json(body);
    } catch (const std::invalid_argument& wrong) {
        return with_problem(std::string("the body is no JSON that is read here: ") + wrong.what());
    }
    if (!root.is_object()) return with_problem("the body is no JSON object");
    ForgeEvent read;
    if (kind == ForgeKind::github)
        read_github(read, event, root);
    else if (kind == ForgeKind::gitea)
        read_gitea(read, event, root);
    else
        read_gitlab(read, root);
    if (read.kind == ForgeEventKind::nothing) return {};
    if (read.problem.empty() && read.urls.empty()) read.problem = "the body names no repository";
    if (read.problem.empty() && read.number == 0 && read.kind != ForgeEventKind::merge_group)
        read.problem = "the body names no pull request";
    if (!read.problem.empty()) return with_problem(read.problem);
    return read;
}

} // namespace kedge
