#include "forge/gitlab_shape.h"

#include "forge/read.h"

#include <stdexcept>
#include <utility>

namespace kedge::forge {

namespace {

constexpr std::string_view numbered = "id:";

} // namespace

PullRequest read_merge_request(const Json& row, const std::string& repository) {
    PullRequest pull;
    pull.number = number(row, {"iid"});
    pull.head_commit = commit(row, {"sha"});
    pull.base_branch = text(row, {"target_branch"});
    if (pull.number == 0 || pull.head_commit.empty() || pull.base_branch.empty())
        throw std::invalid_argument("the answer holds no merge request");
    pull.repository = repository;
    pull.title = text(row, {"title"}, most_title);
    pull.author = text(row, {"author", "username"});
    pull.url = text(row, {"web_url"}, most_url);
    pull.base_commit = commit(row, {"diff_refs", "start_sha"}); // not in lists
    pull.head_branch = text(row, {"source_branch"});
    const auto source = id(row, {"source_project_id"}); // null: the fork is gone
    if (!source.empty()) pull.head_repository = source == id(row, {"target_project_id"}) ? repository : "id:" + source;
    const auto state = text(row, {"state"});
    if (state == "merged")
        pull.state = PullState::merged;
    else if (state != "opened" && state != "locked") // locked: it is being merged right now
        pull.state = PullState::closed;
    if (pull.state != PullState::merged) return pull;
    pull.merge_commit = commit(row, {"merge_commit_sha"});
    if (pull.merge_commit.empty()) pull.merge_commit = commit(row, {"squash_commit_sha"});
    if (pull.merge_commit.empty()) pull.merge_commit = pull.head_commit; // fast-forward
    return pull;
}

std::string source_project(const PullRequest& pull) {
    const auto& name = pull.head_repository;
    return name.starts_with(numbered) ? name.substr(numbered.size()) : std::string();
}

bool is_system_note(const Json& row) {
    return flag(row, {"system"});
}

PullComment read_note(const Json& row) {
    PullComment comment;
    comment.id = id(row, {"id"});
    const auto* body = member(row, {"body"});
    if (comment.id.empty() || body == nullptr || !body->is_string())
        throw std::invalid_argument("the answer holds no note");
    comment.body = body->get<std::string>();
    comment.author = text(row, {"author", "username"});
    read_times(row, comment);
    return comment;
}

Permission read_member(const Json& answer) {
    const auto* level = member(answer, {"access_level"});
    if (level == nullptr || !level->is_number_integer()) throw std::invalid_argument("the answer holds no member");
    const auto state = text(answer, {"state"});
    if (!state.empty() && state != "active") return Permission::none;
    const auto membership = text(answer, {"membership_state"});
    if (!membership.empty() && membership != "active") return Permission::none;
    const auto value = level->get<std::int64_t>();
    if (value >= 40) return Permission::admin;
    if (value >= 30) return Permission::write;
    return value >= 10 ? Permission::read : Permission::none;
}

std::vector<GitlabApproval> read_approvals(const Json& answer) {
    const auto* people = member(answer, {"approved_by"});
    if (people == nullptr || !people->is_array()) throw std::invalid_argument("the answer holds no approvals");
    std::vector<GitlabApproval> approvals;
    for (const auto& one : *people) {
        auto who = text(one, {"user", "username"});
        if (!who.empty() && approvals.size() < 1000) approvals.push_back({std::move(who), text(one, {"approved_at"})});
    }
    return approvals;
}

std::vector<Approval> approvals_with_heads(const std::vector<GitlabApproval>& approvals, const Json& versions) {
    if (!versions.is_array()) throw std::invalid_argument("the answer is no list of versions");
    std::vector<std::pair<std::int64_t, std::string>> heads;
    for (const auto& version : versions) {
        const auto made = milliseconds_of(text(version, {"created_at"}));
        auto head = commit(version, {"head_commit_sha"});
        if (!made || head.empty()) throw std::invalid_argument("the answer holds no version");
        heads.emplace_back(*made, std::move(head));
    }
    std::vector<Approval> named;
    for (const auto& approval : approvals) {
        const auto at = milliseconds_of(approval.at);
        std::int64_t newest = -1;
        Approval one{approval.who, {}};
        for (const auto& [made, head] : heads) {
            if (!at || made > *at || made < newest) continue;
            if (made == newest && one.commit != head) one.commit.clear(); // two at the same moment: who knows
            if (made > newest) one.commit = head;
            newest = made;
        }
        named.push_back(std::move(one));
    }
    return named;
}

} // namespace kedge::forge
