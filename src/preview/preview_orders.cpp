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

// After the merge, what waits is what the units say; and of that, what this pull request brought.
std::vector<Releasable> held_now(const StatusBoard& board, const PreviewRecord& record, const std::string& digest) {
    std::vector<Releasable> all;
    for (const auto& unit : record.units) {
        const auto report = board.report(unit.unit);
        if (!report) continue;
        std::vector<Releasable> held;
        add_held(unit.unit, report->plan, digest, held);
        for (auto& one : held) {
            const bool brought = std::any_of(unit.changes.begin(), unit.changes.end(),
                                             [&](const auto& change) { return change.name == one.name; });
            if (brought) all.push_back(std::move(one));
        }
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
    // Others than its author may edit a comment: only what the webhook told is done.
    if (commands.empty() || digest_of(commands) != job.more) co_return;
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

// A yes to exactly what is shown for this head. Before the merge it is kept with that head, and given once it is
// merged.
Task<std::string> PreviewService::release(Repository repository, std::shared_ptr<Pull> pull, ReleaseCommand command,
                                          std::string who) {
    const auto code = markdown_code(command.digest);
    if (is_same_person(who, pull->pull.author) && !repository->repository().settings.release_by_author)
        co_return code + " is not released: the author of a pull request does not release what it brings.";
    const bool merged = pull->pull.state == PullState::merged;
    if (!merged && !pull->shown) co_return code + " is not released: there is no preview yet.";
    const auto head = merged ? pull->pull.head_commit : pull->shown->pull.head_commit;
    std::vector<Releasable> found;
    if (merged) {
        PreviewKey key{pull->pull.repository, pull->pull.number, head};
        const auto record = co_await parts_.store.find(std::move(key));
        if (record) found = held_now(parts_.daemon.board(), *record, command.digest);
    } else {
        found = held_in(*pull->shown, command.digest);
    }
    if (found.empty())
        co_return code + " is not released: nothing that is held " +
            (merged ? "now, and that this pull request brought,"
                    : "in the preview of " + markdown_code(short_commit(head))) +
            " has that digest.";
    if (found.size() > 1) co_return code + " is not released: several digests begin so; give more of it.";
    PreviewRelease release;
    release.unit = found.front().unit;
    release.name = found.front().name;
    release.digest = found.front().digest.hex();
    release.because = command.because;
    release.by =
        who + " in " + pull->pull.repository + "#" + std::to_string(pull->pull.number) + " at " + short_commit(head);
    auto problem = co_await give(pull, std::move(release));
    const auto name = markdown_code(found.front().name);
    if (!problem.empty()) co_return name + ", " + code + ", is not released: " + markdown_text(problem) + ".";
    co_return "Released " + name + ", " + code + ", by " + markdown_code(who) + ": " + markdown_text(command.because) +
        (merged ? "." : ". It counts once this head is merged; another push needs a new one.");
}

namespace {

ReleaseChange command_of(const PreviewRelease& release, bool only_check, bool planned) {
    ReleaseChange command;
    command.unit = release.unit;
    command.digest = release.digest;
    command.because = release.because;
    command.only_check = only_check;
    if (!planned) command.previewed = release.name;
    return command;
}

} // namespace

// Gives why it is not taken; empty: it is.
Task<std::string> PreviewService::give(std::shared_ptr<Pull> pull, PreviewRelease release) {
    const bool merged = pull->pull.state == PullState::merged;
    Command asked = command_of(release, !merged, merged);
    auto by = release.by;
    auto answer = co_await parts_.daemon.perform(std::move(asked), std::move(by));
    if (answer.result != CommandAnswer::Result::done) co_return std::move(answer.text);
    if (merged) co_return std::string();
    const auto& shown = pull->shown->pull;
    PreviewKey key{shown.repository, shown.number, shown.head_commit};
    const bool kept = co_await parts_.book.release(std::move(key), std::move(release));
    co_return kept ? std::string() : "the pull request is not open any more, or has too many releases";
}

// What people said yes to in comments, now that the head it was said of is merged.
Task<void> PreviewService::give_releases(PreviewRecord record) {
    for (const auto& release : record.releases) {
        Command asked = command_of(release, false, false);
        auto by = release.by;
        const auto answer = co_await parts_.daemon.perform(std::move(asked), std::move(by));
        if (answer.result == CommandAnswer::Result::done) continue;
        parts_.log.warning("release in a comment",
                           {{"unit", release.unit}, {"name", release.name}, {"by", release.by}, {"why", answer.text}});
    }
}

} // namespace kedge
