// kedge preview: what merging a pull request would do. A running kedge is asked for the plan that binds; without one
// what is checked out is planned here.
#include "cli/preview_output.h"

#include "base/failure.h"
#include "cli/commands.h"
#include "cli/daemon_commands.h"
#include "cli/exit_code.h"
#include "io/run.h"
#include "view/document.h"
#include "view/preview_words.h"
#include "view/safe_text.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr Milliseconds usual_timeout{120'000};
constexpr Milliseconds pause{3'000};

const char* const estimate =
    "An estimate, not binding: it was planned without the running kedge, so what that one owns, "
    "has sent and was told is not known here, and it may name other digests.";

bool is_commit(const std::string& text) {
    return text.size() >= 7 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// What the caller says of it: names and commits are for people here, nothing is read by them.
PullRequest pull_request_of(const Options& options) {
    PullRequest pull;
    pull.repository = pull.head_repository = options.repository;
    (is_commit(options.base) ? pull.base_commit : pull.base_branch) = options.base;
    (is_commit(options.head) ? pull.head_commit : pull.head_branch) = options.head;
    return pull;
}

Task<UnitPreview> preview_of(Unit& unit, std::string folder, bool rehearsed) {
    UnitPreview preview;
    preview.unit = unit.settings().us.unit.empty() ? "manifests" : unit.settings().us.unit;
    preview.folder = std::move(folder);
    preview.rehearsed = rehearsed;
    try {
        auto look = co_await unit.look();
        preview.owned = static_cast<int>(look.ledger.owned.size());
        preview.plan = std::move(look.planned.plan);
    } catch (const Failure& failure) {
        preview.problem = failure.what();
        preview.passes = failure.next() == NextAction::retry;
    }
    // Without a store nothing is known to be ours: what git and live have in common is what there is.
    if (preview.plan && preview.owned == 0) {
        const auto both = [](const Change& c) { return c.action != Action::create && c.action != Action::remove; };
        const auto& changes = preview.plan->changes;
        preview.owned =
            preview.plan->counts.equal + static_cast<int>(std::count_if(changes.begin(), changes.end(), both));
    }
    co_return preview;
}

int exit_code_of(PreviewVerdict verdict) {
    if (verdict == PreviewVerdict::forbidden) return exit_refused;
    return state_of(verdict) == StatusState::success ? exit_ok : exit_error;
}

int exit_code_of(const Json& preview) {
    if (text_under(preview, "verdict") == "forbidden") return exit_refused;
    return text_under(part_at(preview, "status"), "state") == "success" ? exit_ok : exit_error;
}

std::string path_of(const Options& options) {
    auto path = "/previews/" + std::to_string(options.number);
    char next = '?';
    const auto add = [&](const char* name, const std::string& value) {
        if (value.empty()) return;
        path += next + std::string(name) + "=" + percent_encode(value);
        next = '&';
    };
    add("repository", options.repository);
    add("head", is_commit(options.head) ? options.head : std::string());
    return path;
}

bool is_known(const Json& preview, const Options& options) {
    if (text_under(part_at(preview, "status"), "state") == "pending") return false;
    const auto head = text_under(part_at(preview, "pull_request"), "head_commit");
    return !is_commit(options.head) || head.starts_with(options.head);
}

} // namespace

// The forge may not have told it of the newest commit yet, and a control plane may be away: both pass.
int preview_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal) {
    const auto until = session.clock.monotonic() + options.timeout.value_or(usual_timeout);
    const auto progress = terminal.progress();
    const auto path = path_of(options);
    for (;;) {
        const auto preview = run_to_end(session.loop, session.client.get(path));
        const bool known = is_known(preview, options);
        const auto left = until - session.clock.monotonic();
        if (known || left <= Milliseconds(0)) {
            terminal.end_progress();
            show_preview(preview, options, terminal);
            if (!known) terminal.say("preview: not known in time: " + visible(text_under(preview, "summary")));
            return known ? exit_code_of(preview) : exit_error;
        }
        if (progress) progress("waiting for the preview", 0, 0);
        run_to_end(session.loop, session.clock.sleep(std::min(pause, left)));
    }
}

int preview_command(Session& session, const Options& options, Terminal& terminal,
                    const std::function<std::string(const Unit&)>& folder_of) {
    Preview preview;
    preview.pull = pull_request_of(options);
    preview.base_commit = preview.pull.base_commit;
    preview.tree = "checkout"; // somebody has merged already
    for (auto* unit : session.units) {
        unit->set_progress(terminal.progress());
        const bool rehearsed = unit->settings().rehearse != Rehearse::never;
        preview.units.push_back(run_to_end(session.loop, preview_of(*unit, folder_of(*unit), rehearsed)));
        if (session.stop.asked()) throw Failure(NextAction::stop, "given up, because kedge was asked to end");
        const auto& plan = preview.units.back().plan;
        if (plan && preview.pull.head_commit.empty() && is_commit(plan->revision.id))
            preview.pull.head_commit = plan->revision.id;
    }
    preview.at = session.clock.now();
    terminal.end_progress();
    show_preview(preview_json(preview, estimate), options, terminal);
    return exit_code_of(verdict_of(preview));
}

} // namespace kedge
