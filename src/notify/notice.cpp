#include "notify/notice.h"

#include "base/secret.h"
#include "model/pull_request.h"
#include "view/phrases.h"
#include "view/safe_text.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::size_t most_changes = 50;
constexpr std::size_t most_fields = 12;
constexpr std::size_t most_holds = 4;
constexpr std::size_t most_findings = 10;
constexpr std::size_t most_keys = 2000; // of one unit: beyond that they are one
constexpr std::size_t most_words = 400;
constexpr std::size_t longest_word = 60;
constexpr int most_name = 120;
constexpr int most_way_out = 700;
constexpr std::string_view failing_key = "failing:";

// Masked where it was written already; this is for what slipped through. Words without an end go first: looking for
// credentials in them takes time that grows with the square of their length.
std::string words(const std::string& text) {
    std::string some;
    std::size_t letters = 0;
    for (const char c : std::string_view(text).substr(0, 3 * most_words)) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
        letters = is_letter ? letters + 1 : 0;
        if (letters <= longest_word) some += c;
        if (letters == longest_word + 1) some += "...";
    }
    return scrub(some, most_words);
}

bool is_drift(const Change& change) {
    return change.cause.kind == CauseKind::live_moved || change.cause.kind == CauseKind::both_moved;
}

bool is_error(Result result) {
    return result == Result::refused || result == Result::failed || result == Result::unsure;
}

// Numbers and times in the texts of a hold move from pass to pass: they are no news.
std::string key_of(const Outcome& outcome) {
    std::set<std::string_view> reasons;
    for (const auto& hold : outcome.change.holds) reasons.insert(to_text(hold.reason));
    std::string text = outcome.change.digest.hex() + "\n" + std::string(to_text(outcome.result));
    for (const auto reason : reasons) text += "\n" + std::string(reason);
    return "c:" + sha256(text).hex().substr(0, 30);
}

std::string key_of(const Finding& finding) {
    return "f:" + sha256(finding.place.file + "\n" + finding.name + "\n" + finding.message).hex().substr(0, 30);
}

NoticeChange change_of(const Outcome& outcome, bool is_new) {
    const auto& from = outcome.change;
    NoticeChange change;
    change.name = shorten(visible(from.name), most_name);
    change.type = shorten(visible(from.type), most_name);
    change.action = to_text(from.action);
    change.result = to_text(outcome.result);
    change.text = words(outcome.text.empty() ? from.left_alone : outcome.text);
    change.digest = from.digest.empty() ? "" : from.digest.hex();
    change.drifted = is_drift(from);
    change.is_new = is_new;
    if (from.cause.commit) {
        change.commit = from.cause.commit->id;
        change.author = shorten(visible(from.cause.commit->author), most_name);
        change.pull_request = pull_request_of(from.cause.commit->title);
    }
    for (const auto& difference : from.differences) {
        if (change.fields.size() == most_fields) break;
        if (difference.kind != DifferenceKind::normalised)
            change.fields.push_back(shorten(visible(difference.path), most_name));
    }
    for (const auto& hold : from.holds) {
        if (outcome.result != Result::held || change.holds.size() == most_holds) break;
        change.holds.push_back(
            {std::string(to_text(hold.reason)), words(hold.text), shorten(way_out(hold, from), most_way_out)});
    }
    return change;
}

Notice head_of(const Event& event, const std::string& installation, std::string kind) {
    Notice notice;
    notice.kind = std::move(kind);
    notice.severity = event.severity;
    notice.at = event.at;
    notice.installation = installation;
    notice.unit = event.unit;
    notice.pass = event.pass;
    notice.text = words(event.text);
    return notice;
}

// Puts a pass together: what is new decides what it is about, and how severe.
class PassNews final {
public:
    PassNews(const Event& event, const Report& report, const Told& before, const std::string& installation)
        : report_(report), before_(before), notice_(head_of(event, installation, "pass")) {}

    News run() {
        notice_.severity = EventSeverity::info;
        for (const auto& outcome : report_.outcomes) look_at(outcome);
        for (const auto& finding : report_.plan.findings) {
            if (finding.severity == Severity::error) look_at(finding);
        }
        keep_failing();
        if (known_.size() > most_keys) one_key();
        if (notice_.topics.empty()) return {std::nullopt, std::move(known_)};
        for (const bool is_new : {true, false}) list(is_new);
        notice_.revision = report_.plan.revision;
        notice_.target = shorten(target_words(report_.plan.target), 200);
        notice_.stopped = words(report_.stopped);
        notice_.text = applied_words(report_);
        if (notice_.findings.empty()) return {std::move(notice_), std::move(known_)};
        const auto errors = static_cast<int>(notice_.findings.size()) + notice_.findings_left_out;
        notice_.text += "; " + counted(errors, "mistake", "mistakes") + " in manifests";
        return {std::move(notice_), std::move(known_)};
    }

private:
    void about(Topic topic, EventSeverity severity) {
        notice_.topics.insert(topic);
        notice_.severity = std::max(notice_.severity, severity);
    }

    void look_at(const Outcome& outcome) {
        ++notice_.counts[std::string(to_text(outcome.result))];
        if (outcome.result == Result::not_started) return; // the next pass tells what came of it
        if (outcome.result == Result::done) {
            new_.insert(&outcome);
            about(Topic::changes, EventSeverity::info);
            if (is_drift(outcome.change)) about(Topic::drift, EventSeverity::info);
            return;
        }
        const auto key = key_of(outcome);
        known_.insert(key);
        waiting_.push_back(&outcome);
        if (before_.contains(key)) return;
        new_.insert(&outcome);
        if (is_drift(outcome.change)) about(Topic::drift, EventSeverity::warning);
        if (is_error(outcome.result))
            about(Topic::problems, EventSeverity::error);
        else if (outcome.result != Result::left_alone || !is_drift(outcome.change))
            about(Topic::holds, EventSeverity::warning);
    }

    void look_at(const Finding& finding) {
        const auto key = key_of(finding);
        const bool is_known = !known_.insert(key).second || before_.contains(key);
        if (is_known) return;
        about(Topic::problems, EventSeverity::error);
        if (notice_.findings.size() == most_findings) {
            ++notice_.findings_left_out;
            return;
        }
        const auto place = to_text(finding.place);
        notice_.findings.push_back(words((place.empty() ? "" : place + ": ") + finding.message));
    }

    void keep_failing() {
        for (const auto& key : before_) {
            if (key.starts_with(failing_key)) known_.insert(key);
        }
    }

    // So many keep to one key: the same set again is no news, any other is.
    void one_key() {
        std::string all;
        for (const auto& key : known_) all += key + "\n";
        const auto key = "m:" + sha256(all).hex().substr(0, 30);
        Told failing;
        for (const auto& one : known_) {
            if (one.starts_with(failing_key)) failing.insert(one);
        }
        known_ = std::move(failing);
        known_.insert(key);
        if (!before_.contains(key)) return;
        for (const auto* outcome : waiting_) new_.erase(outcome);
        notice_.findings.clear();
        notice_.findings_left_out = 0;
        notice_.topics.clear();
        notice_.severity = EventSeverity::info;
        if (!new_.empty()) about(Topic::changes, EventSeverity::info);
    }

    void list(bool is_new) {
        for (const auto& outcome : report_.outcomes) {
            if (new_.contains(&outcome) != is_new || outcome.result == Result::not_started) continue;
            if (notice_.changes.size() == most_changes)
                ++notice_.changes_left_out;
            else
                notice_.changes.push_back(change_of(outcome, is_new));
        }
    }

    const Report& report_;
    const Told& before_;
    Notice notice_;
    Told known_;
    std::set<const Outcome*> new_;
    std::vector<const Outcome*> waiting_;
};

EventSeverity told_severity(const Told& told) {
    auto severity = EventSeverity::info;
    for (const auto any : {EventSeverity::warning, EventSeverity::error}) {
        if (told.contains(std::string(failing_key) + std::string(to_text(any)))) severity = any;
    }
    return severity;
}

Topic topic_of(EventKind kind) {
    if (kind == EventKind::stoppage) return Topic::stoppages;
    return kind == EventKind::command ? Topic::commands : Topic::settings;
}

} // namespace

std::string_view to_text(Topic topic) {
    switch (topic) {
    case Topic::changes:
        return "changes";
    case Topic::holds:
        return "holds";
    case Topic::drift:
        return "drift";
    case Topic::problems:
        return "problems";
    case Topic::failing:
        return "failing";
    case Topic::stoppages:
        return "stoppages";
    case Topic::commands:
        return "commands";
    case Topic::settings:
        break;
    }
    return "settings";
}

bool is_told_failing(const Told& told) {
    return std::any_of(told.begin(), told.end(), [](const auto& key) { return key.starts_with(failing_key); });
}

News news_of_pass(const Event& event, const Report& report, const Told& before, const std::string& installation) {
    return PassNews(event, report, before, installation).run();
}

News news_of_failure(const Event& event, const Told& before, const std::string& installation) {
    News news;
    news.told = before;
    if (is_told_failing(before) && told_severity(before) >= event.severity) return news;
    news.told.insert(std::string(failing_key) + std::string(to_text(event.severity)));
    news.notice = head_of(event, installation, "failing");
    news.notice->topics = {Topic::failing};
    return news;
}

News news_of_recovery(const Event& event, const Told& before, const std::string& installation) {
    News news;
    news.told = before;
    if (!is_told_failing(before)) return news;
    std::erase_if(news.told, [](const auto& key) { return key.starts_with(failing_key); });
    news.notice = head_of(event, installation, "recovered");
    news.notice->topics = {Topic::failing};
    news.notice->severity = told_severity(before);
    if (event.kind != EventKind::recovered) news.notice->text = "works again";
    return news;
}

Notice notice_of(const Event& event, const std::string& installation) {
    auto notice = head_of(event, installation, std::string(to_text(event.kind)));
    notice.topics = {topic_of(event.kind)};
    return notice;
}

} // namespace kedge
