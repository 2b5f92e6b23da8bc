// Commands in comments. Who wrote one and what they may is asked from the forge; what a webhook said of it is not
// believed. Each is done once: that is kept before it is done.
#include "base/failure.h"
#include "preview/preview_service.h"
#include "view/markdown_safe.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_orders = 20; // comments that are obeyed at once

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

// Comments that say something to kedge and that nobody has dealt with, oldest first. What a webhook told of is among
// them; all others are those that no webhook told of, as while kedge was away: written since the pull request was first
// shown, and not edited since, for others than its author may edit a comment.
Task<std::vector<PullComment>> PreviewService::unheard(Repository repository, PreviewJob job) {
    ForgeAsk ask = AskComments{job.number};
    auto answer = co_await repository->repository().door->ask(std::move(ask));
    auto name = job.repository;
    const auto rows = co_await parts_.store.of_pull(std::move(name), job.number);
    std::string heard;
    UnixSeconds first = std::numeric_limits<UnixSeconds>::max();
    for (const auto& row : rows) {
        first = std::min(first, row.since != 0 ? row.since : row.at);
        if (is_later_comment(row.heard, heard)) heard = row.heard;
    }
    const auto& marker = repository->repository().marker;
    std::vector<PullComment> wanted;
    bool found = false;
    for (auto& comment : answer.comments) {
        const bool told = comment.id == job.subject;
        found = found || told;
        const bool ours = !marker.empty() && comment.body.starts_with(marker);
        if (!is_later_comment(comment.id, heard) || ours || comment.by_program || comment.author.empty()) continue;
        const auto commands = read_comment_commands(comment.body);
        const bool meant = told ? digest_of(commands) == job.more : comment.at >= first && !comment.edited;
        if (!commands.empty() && meant) wanted.push_back(std::move(comment));
    }
    if (answer.cut && (!found || job.subject.empty()))
        co_await say_cut(std::move(repository), std::move(job), answer.comments.size());
    co_return wanted;
}

Task<void> PreviewService::obey(Repository repository, PreviewJob job) {
    const auto known = known_pull(job.repository, job.number);
    if (known && !known->unsaid.empty()) {
        auto text = known->unsaid;
        co_await say(repository, job.number, std::move(text));
    }
    auto question = job;
    auto wanted = co_await unheard(repository, std::move(question));
    // The rest comes with the next reading.
    if (wanted.size() > most_orders) {
        wanted.resize(most_orders);
        soon({PreviewJob::What::order, job.repository, job.number, {}, {}}, false);
    }
    bool looked = false;
    for (auto& comment : wanted) {
        auto user = comment.author;
        const bool may = co_await may_write(repository, std::move(user));
        // What it is about is the head as it is now, not as kedge last saw it.
        if (may && !looked) co_await look(repository, job.number);
        looked = looked || may;
        // From here on it is not done again, whatever happens.
        auto name = job.repository;
        auto id = comment.id;
        co_await parts_.book.heard(std::move(name), job.number, std::move(id));
        if (may) {
            const bool open = co_await take_orders(repository, job.number, std::move(comment));
            if (!open) co_return;
        } else {
            co_await say(repository, job.number,
                         "kedge does nothing for " + markdown_code(comment.author) +
                             ": only people who may write to this repository can ask.");
        }
    }
}

// False: the pull request is closed, and nothing of it counts any more.
Task<bool> PreviewService::take_orders(Repository repository, int number, PullComment comment) {
    const auto pull = known_pull(repository->repository().settings.repository, number);
    if (pull == nullptr || pull->pull.state == PullState::closed) co_return false;
    std::string reply;
    for (auto& command : read_comment_commands(comment.body)) {
        auto* wanted = std::get_if<ReleaseCommand>(&command);
        if (wanted == nullptr) continue; // that it is planned again has been done
        auto who = comment.author;
        const auto digest = wanted->digest;
        auto order = std::move(*wanted);
        std::string line;
        try {
            line = co_await release(repository, pull, std::move(order), std::move(who));
        } catch (const Failure& failure) {
            line = markdown_code(digest) + " is not released, say it again later: " + markdown_text(failure.what());
        }
        reply += (reply.empty() ? "" : "\n\n") + line;
    }
    if (!reply.empty()) co_await say(repository, number, std::move(reply));
    co_return true;
}

// Kept until it got through: what it tells of is done, and is not done again.
Task<void> PreviewService::say(Repository repository, int number, std::string text) {
    const auto pull = known_pull(repository->repository().settings.repository, number);
    if (pull) pull->unsaid = text;
    co_await repository->answer(number, std::move(text));
    if (pull) pull->unsaid.clear();
}

Task<void> PreviewService::say_cut(Repository repository, PreviewJob job, std::size_t read) {
    const auto pull = known_pull(job.repository, job.number);
    if (!pull || pull->is_cut) co_return;
    pull->is_cut = true;
    parts_.log.warning("comments", {{"repository", job.repository},
                                    {"number", job.number},
                                    {"why", "only the first " + std::to_string(read) + " are read"}});
    if (job.subject.empty()) co_return; // nobody waits for an answer
    co_await say(
        std::move(repository), job.number,
        "kedge reads the first " + std::to_string(read) +
            " comments of a pull request, and this one has more: it does not see commands any more. Use `kedge "
            "release`, or open another pull request.");
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
