#include "reconcile/loop.h"

#include "base/failure.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {
// How long a stop may go unnoticed while nothing is under way.
constexpr Milliseconds longest_nap{200};
// Of one pass; a folder full of mistakes is no reason for ten thousand lines.
constexpr std::size_t most_findings = 50;

bool same_mistake(const Finding& a, const Finding& b) {
    return a.place.file == b.place.file && a.name == b.name && a.message == b.message;
}

// Only moved by lines that were added above it: neither new nor mended.
bool is_among(const Finding& finding, const std::set<Finding>& others) {
    return std::any_of(others.begin(), others.end(),
                       [&](const Finding& other) { return same_mistake(finding, other); });
}
} // namespace

Loop::Loop(std::vector<Unit*> units, Clock& clock, Log& log, std::function<void(const Unit&, const Report&)> published,
           Remember remember)
    : clock_(clock), log_(log), published_(std::move(published)), remember_(std::move(remember)) {
    for (auto* unit : units) {
        Turn turn;
        turn.unit = unit;
        turn.next = clock_.monotonic();
        turns_.push_back(std::move(turn));
    }
}

void Loop::wake() {
    for (auto& turn : turns_) turn.next = clock_.monotonic();
}

Task<void> Loop::run() {
    while (!stopping_ && !turns_.empty()) {
        const auto turn = std::min_element(turns_.begin(), turns_.end(),
                                           [](const Turn& a, const Turn& b) { return a.next < b.next; });
        const auto left = turn->next - clock_.monotonic();
        if (left.count() > 0) {
            co_await clock_.sleep(std::min(left, longest_nap));
            continue;
        }
        co_await pass(*turn);
    }
}

Task<std::optional<Report>> Loop::look_and_act(Unit& unit) {
    auto look = co_await unit.look();
    if (stopping_) co_return std::nullopt; // part of it may not have been asked
    std::function<bool()> stop = [this] { return stopping_; };
    std::function<void(const Outcome&)> none;
    std::optional<Report> report = co_await unit.act(std::move(look), std::move(stop), std::move(none));
    co_return report;
}

Task<void> Loop::report_pass(Turn& turn, const Report& report) {
    auto& unit = *turn.unit;
    const bool news = log_report(turn, report);
    if (news && !report.outcomes.empty() && remember_) {
        auto record = record_of(report, clock_.now());
        co_await remember_(unit, std::move(record));
    }
    if (published_) published_(unit, report);
}

Task<void> Loop::pass(Turn& turn) {
    auto& unit = *turn.unit;
    std::string failure;
    bool person_needed = false;
    bool superseded = false;
    try {
        const auto report = co_await look_and_act(unit);
        if (!report) co_return;
        superseded = report->superseded;
        if (report->stopped.empty() || superseded) {
            turn.failures = 0;
            turn.last_failure.clear();
        } else {
            failure = report->stopped;
        }
        co_await report_pass(turn, *report);
    } catch (const Failure& error) {
        failure = error.what();
        person_needed = error.next() != NextAction::retry;
    }
    if (stopping_) co_return; // what fails now fails because of the stop
    auto wait = unit.settings().interval;
    if (!failure.empty()) {
        failed(turn, failure, person_needed);
        unit.forget_identity();
        wait = std::max(wait, backoff_.wait(turn.failures - 1, clock_.random()));
    } else {
        // Up to a tenth later each time: units that started together drift apart.
        wait += Milliseconds(static_cast<std::int64_t>(static_cast<double>(wait.count()) * 0.1 * clock_.random()));
    }
    turn.next = clock_.monotonic() + (superseded ? Milliseconds(0) : wait);
}

void Loop::failed(Turn& turn, const std::string& text, bool person_needed) {
    ++turn.failures;
    const bool same = turn.last_failure == text;
    turn.last_failure = text;
    const auto level = person_needed ? LogLevel::error : LogLevel::warning;
    // The same trouble is said once loudly, then quietly: an outage of a night is not ten thousand lines.
    log_.write(same ? LogLevel::debug : level, "pass failed",
               {{"unit", turn.unit->settings().us.unit}, {"cause", text}, {"failures", turn.failures}});
}

bool Loop::log_findings(Turn& turn, const std::vector<Finding>& findings) {
    const auto& unit = turn.unit->settings().us.unit;
    const std::set<Finding> before = std::exchange(turn.findings, {findings.begin(), findings.end()});
    std::size_t fresh = 0;
    for (const auto& finding : turn.findings) {
        if (is_among(finding, before) || ++fresh > most_findings) continue;
        const bool error = finding.severity == Severity::error;
        log_.write(error ? LogLevel::error : LogLevel::warning, error ? "manifest error" : "manifest warning",
                   {{"unit", unit},
                    {"place", to_text(finding.place)},
                    {"name", finding.name},
                    {"what", finding.message},
                    {"hint", finding.hint}});
    }
    if (fresh > most_findings)
        log_.error("more findings", {{"unit", unit},
                                     {"not_shown", static_cast<long long>(fresh - most_findings)},
                                     {"hint", "`kedge validate` shows all of them"}});
    std::size_t mended = 0;
    for (const auto& finding : before) {
        if (is_among(finding, turn.findings) || ++mended > most_findings) continue;
        log_.info("mended", {{"unit", unit}, {"place", to_text(finding.place)}, {"what", finding.message}});
    }
    return fresh + mended > 0;
}

// Why nothing is deleted is said when it begins, and that it is over.
bool Loop::log_prune(Turn& turn, const Plan& plan) {
    const auto& unit = turn.unit->settings().us.unit;
    // Behind the reason may stand a number of registrations, which is no news.
    const auto why = plan.prune ? std::string() : plan.prune_off.substr(0, plan.prune_off.find(';'));
    if (why == turn.prune_off) return false;
    turn.prune_off = why;
    if (why.empty())
        log_.info("deletes are possible again", {{"unit", unit}});
    else
        log_.write(has_errors(plan.findings) ? LogLevel::warning : LogLevel::info, "nothing is deleted",
                   {{"unit", unit}, {"why", why}});
    return true;
}

// A unit that a person set back delivers nothing new until somebody remembers it.
bool Loop::log_rolled_back(Turn& turn, const Revision& revision) {
    if (revision.tip == turn.waiting_tip) return false;
    turn.waiting_tip = revision.tip;
    const auto& unit = turn.unit->settings().us.unit;
    if (revision.tip.empty())
        log_.info("follows its source again", {{"unit", unit}});
    else
        log_.warning("rolled back", {{"unit", unit},
                                     {"stays_at", revision.id.substr(0, 12)},
                                     {"waiting", revision.tip.substr(0, 12)},
                                     {"hint", "`kedge resume " + unit + "` follows " + revision.branch + " again"}});
    return true;
}

bool Loop::log_report(Turn& turn, const Report& report) {
    const auto& unit = turn.unit->settings().us.unit;
    const auto& plan = report.plan;
    std::set<std::string> said;
    bool news = !turn.reported_once;
    if (log_findings(turn, plan.findings)) news = true;
    if (log_prune(turn, plan)) news = true;
    if (log_rolled_back(turn, plan.revision)) news = true;
    for (const auto& outcome : report.outcomes) {
        const auto sentence = outcome.change.digest.hex() + std::string(to_text(outcome.result));
        const bool known = turn.said.contains(sentence) && outcome.result != Result::done;
        said.insert(sentence);
        news = news || !known;
        const bool calm = outcome.result == Result::done || outcome.result == Result::left_alone;
        const auto loud = calm ? LogLevel::info : LogLevel::warning;
        log_.write(known ? LogLevel::debug : loud, std::string("change ") + std::string(to_text(outcome.result)),
                   {{"unit", unit},
                    {"action", std::string(to_text(outcome.change.action))},
                    {"name", outcome.change.name},
                    {"place", to_text(outcome.change.place)},
                    {"digest", outcome.change.digest.short_hex()},
                    {"why", outcome.text}});
    }
    turn.said = std::move(said);
    turn.reported_once = true;
    const auto level = news ? LogLevel::info : LogLevel::debug;
    log_.write(level, "pass ended",
               {{"unit", unit},
                {"revision", plan.revision.id.substr(0, 12)},
                {"manifests", plan.counts.manifests},
                {"equal", plan.counts.equal},
                {"changes", static_cast<int>(plan.changes.size())},
                {"held", count_held(plan)},
                {"findings", static_cast<int>(plan.findings.size())},
                {"writes", report.writes},
                {"took_ms", static_cast<long long>(report.took.count())}});
    return news;
}

} // namespace kedge
