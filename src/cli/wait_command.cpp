// kedge wait: until a unit is as git says, or what is left waits for people.
#include "cli/daemon_commands.h"
#include "cli/exit_code.h"
#include "io/run.h"
#include "view/daemon_text.h"
#include "view/document.h"
#include "view/safe_text.h"

#include <algorithm>
#include <optional>

namespace kedge {

namespace {

constexpr Milliseconds usual_timeout{300'000};
constexpr Milliseconds first_pause{200};
constexpr Milliseconds longest_pause{2'000};

class Waiting final {
public:
    Waiting(DaemonSession& session, const Options& options, Terminal& terminal)
        : session_(session), options_(options), terminal_(terminal), progress_(terminal.progress()),
          until_(session.clock.monotonic() + options.timeout.value_or(usual_timeout)) {}

    int run() {
        read();
        if (!options_.commit.empty() && !flag_at(unit_, "busy") && state() != "failing" && reached()) {
            if (const auto code = verdict()) return *code;
        }
        // Only a look that begins from now on tells what is in git now: one that is under way may have begun before.
        if (flag_at(unit_, "busy") && !read_until_next_pass()) return timed_out();
        ask_to_look();
        while (read_until_next_pass()) {
            if (const auto code = verdict()) return *code;
        }
        return timed_out();
    }

private:
    std::string state() const { return text_under(unit_, "state"); }
    std::string name() const { return "unit \"" + visible(options_.name) + "\""; }
    std::string revision() const { return text_under(part_at(unit_, "revision"), "id"); }
    std::string at() const { return revision().empty() ? "" : " at " + visible(revision().substr(0, 7)); }

    void read() {
        const auto document = run_to_end(session_.loop, session_.client.get(path_of_unit(options_.name)));
        unit_ = part_at(document, "unit");
        trouble_.clear();
    }

    // Somebody who may only look waits for the next pass of its own.
    void ask_to_look() {
        const auto path = path_of_unit(options_.name, "/sync");
        try {
            run_to_end(session_.loop, session_.client.post(path, Json::object()));
        } catch (const DaemonRefused& refused) {
            if (refused.status() != 403 || options_.verb == Verb::sync) throw;
        }
    }

    // False: it took too long. A daemon that starts anew meanwhile is waited for.
    bool read_until_next_pass() {
        const auto before = text_under(unit_, "pass");
        auto pause = first_pause;
        for (;;) {
            const auto left = until_ - session_.clock.monotonic();
            if (left <= Milliseconds(0)) return false;
            run_to_end(session_.loop, session_.clock.sleep(std::min(pause, left)));
            pause = std::min(longest_pause, pause * 3 / 2);
            try {
                read();
            } catch (const DaemonAway& away) {
                trouble_ = away.what();
            }
            const auto pass = text_under(unit_, "pass");
            if (trouble_.empty() && !pass.empty() && pass != before) return true;
            if (progress_) progress_("waiting for " + name() + ", " + state() + at(), 0, 0);
        }
    }

    // A later commit may have been seen already: then the history knows the one that is waited for.
    bool reached() {
        if (options_.commit.empty() || revision().starts_with(options_.commit)) return true;
        if (passed_by_ || revision() == looked_up_) return passed_by_;
        looked_up_ = revision();
        const auto path = "/passes?unit=" + percent_encode(options_.name) + "&most=50";
        const auto history = run_to_end(session_.loop, session_.client.get(path));
        for (const auto& pass : list_at(history, "passes"))
            passed_by_ = passed_by_ || text_under(pass, "revision").starts_with(options_.commit);
        return passed_by_;
    }

    // What the last pass means; nothing: there is more to come.
    std::optional<int> verdict() {
        if (state() == "failing") {
            terminal_.say("wait: " + name() + " fails: " + visible(text_under(unit_, "cause")));
            return exit_error;
        }
        const auto tip = text_under(part_at(unit_, "revision"), "tip");
        if (!reached()) {
            if (tip.empty()) return std::nullopt;
            terminal_.say("wait: " + name() + " is rolled back" + at() +
                          " and does not follow its branch; `kedge resume " + options_.name + "` lets it");
            return exit_held;
        }
        if (state() == "in-sync") {
            terminal_.print("Unit \"" + visible(options_.name) + "\" is in sync" + at() + ".");
            return exit_ok;
        }
        return verdict_of_rest();
    }

    std::optional<int> verdict_of_rest() {
        auto resources = run_to_end(session_.loop, session_.client.get(path_of_unit(options_.name, "/resources")));
        bool invalid = count_at(unit_, "errors") > 0;
        for (const auto& resource : list_at(resources, "resources")) {
            const auto how = text_under(resource, "state");
            if (how == "pending") return std::nullopt;
            invalid = invalid || how == "invalid";
        }
        show_rest(std::move(resources), invalid);
        if (!invalid) return exit_held;
        terminal_.say("wait: " + name() + " has manifests with errors" + at());
        return exit_error;
    }

    // What is held, with what ends it; then what else is not in sync; then what is wrong in git.
    void show_rest(Json resources, bool invalid) {
        const auto path = "/holds?unit=" + percent_encode(options_.name);
        const auto held = run_to_end(session_.loop, session_.client.get(path));
        const auto style = terminal_.style(true);
        const auto& all = list_at(held, "units");
        const bool any_held = std::any_of(all.begin(), all.end(), [](const Json& unit) {
            const auto& changes = list_at(unit, "changes");
            return std::any_of(changes.begin(), changes.end(),
                               [](const Json& change) { return !list_at(change, "holds").empty(); });
        });
        std::string text;
        if (any_held || !invalid) text = render_held(std::vector<Json>(all.begin(), all.end()), style);
        auto rest = Json::array();
        for (const auto& resource : list_at(resources, "resources")) {
            if (text_under(resource, "state") != "held") rest.push_back(resource);
        }
        resources["resources"] = std::move(rest);
        text += render_open_resources(resources, style);
        if (invalid) {
            const auto plan = run_to_end(session_.loop, session_.client.get(path_of_unit(options_.name, "/plan")));
            text += render_mistakes(plan, style);
        }
        terminal_.print(text);
    }

    int timed_out() {
        const auto given = format_duration(options_.timeout.value_or(usual_timeout));
        std::string text = "wait: " + name() + " is not there after " + given + ": ";
        if (!trouble_.empty())
            text += trouble_;
        else if (!reached())
            text += "it is" + (at().empty() ? " at no commit yet" : at()) + ", not at " +
                    visible(options_.commit.substr(0, 7)) + "; is that commit on the branch that it follows?";
        else
            text += "it is " + visible(state()) + at() + (flag_at(unit_, "busy") ? ", a pass is under way" : "") +
                    "; `kedge status " + options_.name + "` says more";
        terminal_.say(text);
        return exit_error;
    }

    DaemonSession& session_;
    const Options& options_;
    Terminal& terminal_;
    Progress progress_;
    Milliseconds until_;
    Json unit_;           // as last read
    std::string trouble_; // why it could not be read
    std::string looked_up_;
    bool passed_by_ = false;
};

bool is_commit(const std::string& text) {
    return text.size() >= 7 && text.size() <= 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

} // namespace

int wait_command(DaemonSession& session, const Options& options, Terminal& terminal) {
    if (!options.commit.empty() && !is_commit(options.commit)) {
        terminal.say("wait: \"" + visible(options.commit) +
                     "\" is no commit id (40 hex digits, or at least the first 7); `git rev-parse HEAD` shows one");
        return exit_error;
    }
    return Waiting(session, options, terminal).run();
}

} // namespace kedge
