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

void add(std::vector<Releasable>& all, const std::string& digest, Releasable one) {
    if (one.digest.hex().starts_with(digest)) all.push_back(std::move(one));
}

// What is held in this preview and is called so.
std::vector<Releasable> held_in(const Preview& preview, const std::string& digest) {
    std::vector<Releasable> all;
    for (const auto& unit : preview.units) {
        if (!unit.plan) continue;
        for (const auto& change : unit.plan->changes) {
            if (change.held()) add(all, digest, {unit.unit, change.name, change.digest});
        }
        for (const auto& group : unit.plan->groups) {
            if (!group.released) add(all, digest, {unit.unit, group.name, group.digest});
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
    const auto known = pulls_.find({job.repository, job.number});
    if (known == pulls_.end()) co_return; // merged or closed meanwhile
    const auto pull = known->second;
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

// A yes to exactly what is shown for this head. It is given now and counts once a pass plans that very change: a push
// that alters anything about it leaves the yes without an object.
Task<std::string> PreviewService::release(Repository repository, std::shared_ptr<Pull> pull, ReleaseCommand command,
                                          std::string who) {
    const auto code = markdown_code(command.digest);
    if (who == pull->pull.author && !repository->repository().settings.release_by_author)
        co_return code + " is not released: the author of a pull request does not release what it brings.";
    if (!pull->shown) co_return code + " is not released: there is no preview yet.";
    const auto shown = pull->shown;
    auto found = held_in(*shown, command.digest);
    if (found.empty())
        co_return code + " is not released: nothing that is held in the preview of " +
            markdown_code(short_commit(shown->pull.head_commit)) + " has that digest.";
    if (found.size() > 1) co_return code + " is not released: several digests begin so; give more of it.";
    ReleaseChange release;
    release.unit = found.front().unit;
    release.digest = found.front().digest.hex();
    release.because = command.because;
    release.previewed = found.front().name;
    Command asked = std::move(release);
    auto by = who + " in " + pull->pull.repository + "#" + std::to_string(pull->pull.number) + " at " +
              short_commit(shown->pull.head_commit);
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
