#include "reconcile/pass_log.h"

#include "io/loop_steps.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {
// Of one pass; a folder full of mistakes is no reason for ten thousand lines.
constexpr std::size_t most_findings = 50;
// A first apply of ten thousand would push everything else off the board: its log lines and its history say the rest.
constexpr std::size_t most_change_events = 100;
constexpr std::size_t outcomes_at_once = 256;

bool same_mistake(const Finding& a, const Finding& b) {
    return a.place.file == b.place.file && a.name == b.name && a.message == b.message;
}

// Only moved by lines that were added above it: neither new nor mended.
bool is_among(const Finding& finding, const std::set<Finding>& others) {
    return std::any_of(others.begin(), others.end(),
                       [&](const Finding& other) { return same_mistake(finding, other); });
}

bool is_calm(Result result) {
    return result == Result::done || result == Result::left_alone;
}

std::string counted(std::int64_t number, const std::string& what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

// "5 manifests, 3 equal, 2 changes, 1 held, 1 write, 1 error": what is not there is left out.
std::string words_of(const Report& report) {
    const auto& plan = report.plan;
    const auto errors = std::count_if(plan.findings.begin(), plan.findings.end(),
                                      [](const Finding& finding) { return finding.severity == Severity::error; });
    const auto held = count_held(plan);
    std::string text = counted(plan.counts.manifests, "manifest") + ", " + std::to_string(plan.counts.equal) +
                       " equal, " + counted(static_cast<std::int64_t>(plan.changes.size()), "change");
    if (held > 0) text += ", " + std::to_string(held) + " held";
    if (report.writes > 0) text += ", " + counted(static_cast<std::int64_t>(report.writes), "write");
    if (errors > 0) text += ", " + counted(errors, "error") + " in manifests";
    return text;
}

std::string words_of(const Outcome& outcome) {
    auto text = std::string(to_text(outcome.change.action)) + " of \"" + outcome.change.name +
                "\": " + std::string(to_text(outcome.result));
    if (!outcome.text.empty()) text += ": " + outcome.text;
    return text;
}
} // namespace

void PassLog::tell(EventKind kind, EventSeverity severity, std::string text, UnixSeconds now) {
    Event event;
    event.at = now;
    event.kind = kind;
    event.severity = severity;
    event.unit = unit_;
    event.pass = pass_;
    event.text = std::move(text);
    board_.say(std::move(event));
}

Task<bool> PassLog::ended(const Report& report, UnixSeconds now) {
    const auto& plan = report.plan;
    bool news = !std::exchange(reported_once_, true);
    if (findings(plan.findings)) news = true;
    if (prune(plan)) news = true;
    if (rolled_back(plan.revision)) news = true;
    const bool changed = co_await outcomes(report.outcomes, now);
    if (changed) news = true;
    if (report.stopped.empty() || report.superseded) recovered(now);
    summary(report, news, now);
    co_return news;
}

void PassLog::recovered(UnixSeconds now) {
    const int failures = std::exchange(failures_, 0);
    if (std::exchange(last_failure_, {}).empty()) return;
    const auto times = failures == 1 ? "1 failed pass" : std::to_string(failures) + " failed passes";
    log_.info("recovered", {{"unit", unit_}, {"pass", pass_}, {"failures", failures}});
    tell(EventKind::recovered, EventSeverity::info, "works again after " + times, now);
}

void PassLog::failed(const std::string& cause, bool person_needed, UnixSeconds now) {
    ++failures_;
    const bool same = last_failure_ == cause;
    last_failure_ = cause;
    const auto level = person_needed ? LogLevel::error : LogLevel::warning;
    // The same trouble is said once loudly, then quietly: an outage of a night is not ten thousand lines.
    log_.write(same ? LogLevel::debug : level, "pass failed",
               {{"unit", unit_}, {"pass", pass_}, {"cause", cause}, {"failures", failures_}});
    if (same) return;
    tell(EventKind::pass_failed, person_needed ? EventSeverity::error : EventSeverity::warning, cause, now);
}

bool PassLog::findings(const std::vector<Finding>& found) {
    const std::set<Finding> before = std::exchange(findings_, {found.begin(), found.end()});
    std::size_t fresh = 0;
    for (const auto& finding : findings_) {
        if (is_among(finding, before) || ++fresh > most_findings) continue;
        const bool error = finding.severity == Severity::error;
        log_.write(error ? LogLevel::error : LogLevel::warning, error ? "manifest error" : "manifest warning",
                   {{"unit", unit_},
                    {"place", to_text(finding.place)},
                    {"name", finding.name},
                    {"what", finding.message},
                    {"hint", finding.hint}});
    }
    if (fresh > most_findings)
        log_.error("more findings", {{"unit", unit_},
                                     {"not_shown", static_cast<long long>(fresh - most_findings)},
                                     {"hint", "`kedge validate` shows all of them"}});
    std::size_t mended = 0;
    for (const auto& finding : before) {
        if (is_among(finding, findings_) || ++mended > most_findings) continue;
        log_.info("mended", {{"unit", unit_}, {"place", to_text(finding.place)}, {"what", finding.message}});
    }
    return fresh + mended > 0;
}

// Why nothing is deleted is said when it begins, and that it is over.
bool PassLog::prune(const Plan& plan) {
    // Behind the reason may stand a number of registrations, which is no news.
    const auto why = plan.prune ? std::string() : plan.prune_off.substr(0, plan.prune_off.find(';'));
    if (why == prune_off_) return false;
    prune_off_ = why;
    if (why.empty())
        log_.info("deletes are possible again", {{"unit", unit_}});
    else
        log_.write(has_errors(plan.findings) ? LogLevel::warning : LogLevel::info, "nothing is deleted",
                   {{"unit", unit_}, {"why", why}});
    return true;
}

// A unit that a person set back delivers nothing new until somebody remembers it.
bool PassLog::rolled_back(const Revision& revision) {
    if (revision.tip == waiting_tip_) return false;
    waiting_tip_ = revision.tip;
    if (revision.tip.empty())
        log_.info("follows its source again", {{"unit", unit_}});
    else
        log_.warning("rolled back", {{"unit", unit_},
                                     {"stays_at", revision.id.substr(0, 12)},
                                     {"waiting", revision.tip.substr(0, 12)},
                                     {"hint", "`kedge resume " + unit_ + "` follows " + revision.branch + " again"}});
    return true;
}

Task<bool> PassLog::outcomes(const std::vector<Outcome>& outcomes, UnixSeconds now) {
    std::set<std::string> said;
    std::size_t told = 0;
    bool news = false;
    std::size_t count = 0;
    for (const auto& outcome : outcomes) {
        if (++count % outcomes_at_once == 0) co_await next_turn();
        const auto sentence = outcome.change.digest.hex() + std::string(to_text(outcome.result));
        const bool known = said_.contains(sentence) && outcome.result != Result::done;
        said.insert(sentence);
        const auto loud = is_calm(outcome.result) ? LogLevel::info : LogLevel::warning;
        log_.write(known ? LogLevel::debug : loud, std::string("change ") + std::string(to_text(outcome.result)),
                   {{"unit", unit_},
                    {"pass", pass_},
                    {"action", std::string(to_text(outcome.change.action))},
                    {"name", outcome.change.name},
                    {"place", to_text(outcome.change.place)},
                    {"digest", outcome.change.digest.short_hex()},
                    {"why", outcome.text}});
        if (known) continue;
        news = true;
        if (++told > most_change_events) continue;
        Event event;
        event.at = now;
        event.kind = EventKind::change;
        event.severity = is_calm(outcome.result) ? EventSeverity::info : EventSeverity::warning;
        event.unit = unit_;
        event.pass = pass_;
        event.name = outcome.change.name;
        event.digest = outcome.change.digest.hex();
        event.text = words_of(outcome);
        board_.say(std::move(event));
    }
    said_ = std::move(said);
    co_return news;
}

void PassLog::summary(const Report& report, bool news, UnixSeconds now) {
    const auto& plan = report.plan;
    const auto held = count_held(plan);
    log_.write(news ? LogLevel::info : LogLevel::debug, "pass ended",
               {{"unit", unit_},
                {"pass", pass_},
                {"revision", plan.revision.id.substr(0, 12)},
                {"manifests", plan.counts.manifests},
                {"equal", plan.counts.equal},
                {"changes", static_cast<int>(plan.changes.size())},
                {"held", held},
                {"findings", static_cast<int>(plan.findings.size())},
                {"writes", report.writes},
                {"took_ms", static_cast<long long>(report.took.count())}});
    if (!news) return;
    const bool bad = held > 0 || has_errors(plan.findings);
    tell(EventKind::pass_ended, bad ? EventSeverity::warning : EventSeverity::info, words_of(report), now);
}

} // namespace kedge
