// Commands in comments. Who wrote one and what they may is asked from the forge; what a webhook said of it is not
// believed.
#include "base/failure.h"
#include "preview/preview_service.h"
#include "view/markdown_safe.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace kedge {

namespace {

struct Releasable {
    std::string unit;
    std::string name; // of the change, or of the group
    Digest digest;
};

// What is held in this plan and is called so.
void add_held(const std::string& unit, const Plan& plan, const std::string& digest, std::vector<Releasable>& all) {
    for (const auto& change : plan.changes) {
        if (change.held() && change.digest.hex().starts_with(digest)) all.push_back({unit, change.name, change.digest});
    }
    for (const auto& group : plan.groups) {
        if (!group.released && group.digest.hex().starts_with(digest)) all.push_back({unit, group.name, group.digest});
    }
}

std::vector<Releasable> held_in(const Preview& preview, const std::string& digest) {
    std::vector<Releasable> all;
    for (const auto& unit : preview.units) {
        if (unit.plan) add_held(unit.unit, *unit.plan, digest, all);
    }
    return all;
}

// After the merge, what waits is what the units say.
std::vector<Releasable> held_now(const StatusBoard& board, const std::string& source, const std::string& digest) {
    std::vector<Releasable> all;
    for (const auto& unit : board.units()) {
        const auto report = board.report(unit.unit);
        if (unit.source == source && report) add_held(unit.unit, report->plan, digest, all);
    }
    return all;
}

std::string short_commit(const std::string& commit) {
    return commit.substr(0, 12);
}

} // namespace

Task<bool> PreviewService::may_write(Repository repository, std::string user) {
    ForgeAsk ask = AskPermission{std::move(user)};
    const auto answer = co_await repository->repository().door->ask(std::move(ask));
    co_return answer.permission == Permission::write || answer.permission == Permission::admin;
}

Task<void> PreviewService::obey(Repository repository, PreviewJob job) {
    ForgeAsk ask = AskComments{job.number};
    const auto answer = co_await repository->repository().door->ask(std::move(ask));
    const auto found = std::find_if(answer.comments.begin(), answer.comments.end(),
                                    [&](const PullComment& comment) { return comment.id == job.subject; });
    if (found == answer.comments.end() || found->by_program || found->author.empty()) co_return;
    if (!repository->repository().marker.empty() && found->body.starts_with(repository->repository().marker)) co_return;
    auto commands = read_comment_commands(found->body);
    if (commands.empty()) co_return;
    auto user = found->author;
    const bool may = co_await may_write(repository, std::move(user));
    if (!may) {
        co_await repository->answer(job.number, "kedge does nothing for " + markdown_code(found->author) +
                                                    ": only people who may write to this repository can ask.");
        co_return;
    }
    // What it is about is the head as it is now, not as kedge last saw it.
    co_await look(repository, job.number);
    const auto pull = known_pull(job.repository, job.number);
    if (pull == nullptr || pull->pull.state == PullState::closed) co_return;
    std::string reply;
    for (auto& command : commands) {
        auto* wanted = std::get_if<ReleaseCommand>(&command);
        if (wanted == nullptr) continue; // that it is planned again has been done
        auto who = found->author;
        const auto line = co_await release(repository, pull, std::move(*wanted), std::move(who));
        reply += (reply.empty() ? "" : "\n\n") + line;
    }
    if (!reply.empty()) co_await repository->answer(job.number, std::move(reply));
}

// A yes to exactly what is shown for this head. Before the merge it is given now and counts once a pass plans that very
// change: a push that alters anything about it leaves the yes without an object.
Task<std::string> PreviewService::release(Repository repository, std::shared_ptr<Pull> pull, ReleaseCommand command,
                                          std::string who) {
    const auto code = markdown_code(command.digest);
    if (who == pull->pull.author && !repository->repository().settings.release_by_author)
        co_return code + " is not released: the author of a pull request does not release what it brings.";
    const bool merged = pull->pull.state == PullState::merged;
    if (!merged && !pull->shown) co_return code + " is not released: there is no preview yet.";
    const auto head = short_commit(merged ? pull->pull.head_commit : pull->shown->pull.head_commit);
    const auto found = merged
                           ? held_now(parts_.daemon.board(), repository->repository().settings.source, command.digest)
                           : held_in(*pull->shown, command.digest);
    if (found.empty())
        co_return code + " is not released: nothing that is held " +
            (merged ? "now" : "in the preview of " + markdown_code(head)) + " has that digest.";
    if (found.size() > 1) co_return code + " is not released: several digests begin so; give more of it.";
    ReleaseChange release;
    release.unit = found.front().unit;
    release.digest = found.front().digest.hex();
    release.because = command.because;
    if (!merged) release.previewed = found.front().name;
    Command asked = std::move(release);
    auto by = who + " in " + pull->pull.repository + "#" + std::to_string(pull->pull.number) + " at " + head;
    const auto answer = co_await parts_.daemon.perform(std::move(asked), std::move(by));
    const auto name = markdown_code(found.front().name);
    if (answer.result == CommandAnswer::Result::done)
        co_return "Released " + name + ", " + code + ", by " + markdown_code(who) + ": " +
            markdown_text(command.because) +
            ". It counts for exactly this change; another push that alters it needs a "
            "new one.";
    co_return name + ", " + code + ", is not released: " + markdown_text(answer.text) + ".";
}

} // namespace kedge
