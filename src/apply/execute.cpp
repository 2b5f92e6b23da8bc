#include "apply/execute.h"

#include "apply/change_run.h"
#include "apply/journal.h"
#include "base/failure.h"
#include "io/loop_steps.h"
#include "io/run.h"

#include <algorithm>
#include <set>

namespace kedge {

namespace {

constexpr std::size_t wave_size = 64;
constexpr std::size_t changes_at_once = 512; // that are only looked at

// Changes that may run side by side: what virtual servers combine is written before them, deletes come last.
int stage_of(const Change& change, const Description& description) {
    const auto& order = description.type_order;
    const auto at = std::find(order.begin(), order.end(), change.type);
    const int rank = at == order.end() ? 0 : static_cast<int>(at - order.begin()) + 1;
    const int last = static_cast<int>(order.size()) + 1;
    return change.action == Action::remove ? 2 * last - rank : rank;
}

Outcome outcome_without_sending(const Change& change) {
    Outcome outcome;
    outcome.change = change;
    if (change.is_left_alone()) {
        outcome.result = Result::left_alone;
        outcome.text = change.left_alone;
    } else if (!change.holds.empty()) {
        outcome.result = Result::held;
        outcome.text = change.holds.front().text;
    } else {
        outcome.result = Result::refused;
        outcome.text = change.check.text;
    }
    return outcome;
}

// Everything that runs, in the order in which it does.
std::vector<const Change*> in_order(const Plan& plan, const Description& description) {
    std::vector<const Change*> order;
    for (const auto& change : plan.changes) {
        if (change.runs()) order.push_back(&change);
    }
    std::stable_sort(order.begin(), order.end(), [&](const Change* a, const Change* b) {
        return stage_of(*a, description) < stage_of(*b, description);
    });
    return order;
}

class Execution {
public:
    Execution(ExecuteContext& context, Report& report)
        : context_(context), report_(report), journal_(context.ledger, context.key, context.clock),
          rows_(context, in_order(report.plan, context.provider.dialect().describe())) {}

    Task<void> run() {
        report_.outcomes.reserve(report_.plan.changes.size());
        std::map<int, std::vector<const Change*>> stages;
        std::size_t count = 0;
        for (const auto& change : report_.plan.changes) {
            if (++count % changes_at_once == 0) co_await next_turn();
            if (change.runs()) {
                stages[stage_of(change, context_.provider.dialect().describe())].push_back(&change);
                note_first(change);
            } else if (change.action != Action::keep || change.held()) {
                add(outcome_without_sending(change));
            }
        }
        for (auto& [stage, changes] : stages) {
            std::vector<const Change*> wave;
            for (const auto* change : changes) {
                if (wave.size() == wave_size || must_come_after(*change, wave)) {
                    auto full = std::move(wave);
                    wave.clear();
                    co_await run_wave(std::move(full));
                }
                wave.push_back(change);
            }
            co_await run_wave(std::move(wave));
        }
        co_await journal_.flush();
    }

private:
    void add(Outcome outcome) {
        if (outcome.result != Result::done) unfinished_.insert(outcome.change.name);
        if (outcome.result == Result::held) held_.insert(outcome.change.name);
        if (context_.on_outcome) context_.on_outcome(outcome);
        report_.outcomes.push_back(std::move(outcome));
    }

    bool stopped() const { return !report_.stopped.empty() || !context_.keep_going(); }

    // Virtual servers may combine virtual servers: the plan's order is kept among these.
    bool must_come_after(const Change& change, const std::vector<const Change*>& wave) const {
        const auto names = [](const auto& links, const std::string& user, const std::string& source) {
            const auto sources = links.find(user);
            return sources != links.end() &&
                   std::find(sources->second.begin(), sources->second.end(), source) != sources->second.end();
        };
        return std::any_of(wave.begin(), wave.end(), [&](const Change* other) {
            if (other->name == first_of(change)) return true;
            return change.action == Action::remove ? names(context_.live_links, other->name, change.name)
                                                   : names(context_.declared_links, change.name, other->name);
        });
    }

    // Of the registrations that get one new secret, the first goes alone: whether the value is any good shows there.
    // One that the control plane holds, for whatever reason of its own, shows nothing: the next one is the first then.
    void note_first(const Change& change) {
        for (const auto& secret : change.cause.secrets) with_secret_[secret].push_back(change.name);
    }
    std::string first_of(const Change& change) const {
        for (const auto& secret : change.cause.secrets) {
            const auto found = with_secret_.find(secret);
            if (found == with_secret_.end()) continue;
            const auto& names = found->second;
            const auto first =
                std::find_if(names.begin(), names.end(), [&](const auto& name) { return !held_.contains(name); });
            if (first != names.end() && *first != change.name) return *first;
        }
        return {};
    }

    // A delete waits for its successor: a renamed registration must not vanish while its new name is not there.
    std::string waits_for(const Change& change) const {
        if (const auto first = first_of(change); unfinished_.contains(first))
            return "waits for \"" + first + "\", the first that gets the new secret, which did not go through";
        if (change.action != Action::remove) return {};
        for (const auto& other : report_.plan.changes) {
            if (other.cause.renamed_from == change.name && unfinished_.contains(other.name)) {
                return "waits for \"" + other.name + "\", its new name, which did not go through";
            }
        }
        if (change.released) return {}; // also from waiting for those who combine it, who may never let go
        for (const auto& [user, sources] : context_.live_links) {
            const bool named = std::find(sources.begin(), sources.end(), change.name) != sources.end();
            if (named && unfinished_.contains(user)) return "waits for \"" + user + "\", which still combines it";
        }
        return {};
    }

    Task<void> look_for_news() {
        if (!context_.superseded || stopped()) co_return;
        auto newer = co_await context_.superseded();
        if (newer.empty()) co_return;
        report_.stopped = std::move(newer);
        report_.superseded = true;
    }

    Task<void> run_wave(std::vector<const Change*> wave) {
        co_await look_for_news();
        std::vector<ChangeRun> runs;
        std::vector<const Change*> with_documents;
        for (const auto* change : wave) {
            auto waiting = stopped() ? std::string("the pass ended before") : waits_for(*change);
            if (!waiting.empty()) {
                Outcome outcome;
                outcome.change = *change;
                outcome.text = std::move(waiting);
                add(std::move(outcome));
                continue;
            }
            if (change->action != Action::remove) with_documents.push_back(change);
            runs.emplace_back(context_, journal_, rows_, *change);
        }
        if (runs.empty()) co_return;
        std::vector<const Change*> running;
        for (const auto& run : runs) running.push_back(&run.change());
        co_await rows_.before(std::move(running));
        std::map<std::string, Sendable> documents;
        if (!with_documents.empty()) documents = co_await context_.documents(std::move(with_documents));
        std::vector<Intent> intents;
        for (auto& run : runs) {
            const auto document = documents.find(run.change().name);
            if (document != documents.end()) run.give(std::move(document->second));
            if (!run.opens_itself()) intents.push_back(run.intent());
        }
        std::vector<std::int64_t> ids;
        if (!intents.empty()) ids = co_await journal_.open(std::move(intents));
        auto id = ids.begin();
        for (auto& run : runs) {
            if (!run.opens_itself()) run.opened(*id++);
        }
        std::function<Task<void>(std::size_t)> job = [this, &runs](std::size_t i) -> Task<void> {
            return run_one(runs[i]);
        };
        const auto width =
            static_cast<std::size_t>(std::max(1, context_.provider.dialect().describe().pacing.concurrency));
        const auto count = runs.size();
        co_await for_each_index(count, width, std::move(job));
    }

    Task<void> run_one(ChangeRun& run) {
        if (stopped()) {
            co_await run.close_unsent("the pass ended before");
        } else {
            co_await run.carry_out();
        }
        if (!run.stops_pass().empty() && report_.stopped.empty()) report_.stopped = run.stops_pass();
        add(run.take_outcome());
    }

    ExecuteContext& context_;
    Report& report_;
    Journal journal_;
    FreshRows rows_;
    std::set<std::string> unfinished_;
    std::set<std::string> held_;
    std::map<std::string, std::vector<std::string>> with_secret_; // secret reference -> who gets it, in order
};

} // namespace

Task<Report> execute(ExecuteContext& context, Plan plan) {
    Report report;
    report.plan = std::move(plan);
    const auto writes_before = context.provider.counts().writes;
    const auto began = context.clock.monotonic();
    Execution execution(context, report);
    co_await execution.run();
    report.writes = context.provider.counts().writes - writes_before;
    report.took = context.clock.monotonic() - began;
    co_return report;
}

} // namespace kedge
