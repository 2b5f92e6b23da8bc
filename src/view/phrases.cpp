#include "view/phrases.h"

#include "view/safe_text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kedge {

std::string counted(std::int64_t number, std::string_view one, std::string_view many) {
    return std::to_string(number) + " " + std::string(number == 1 ? one : many);
}

std::string people(int number) {
    return counted(number, "person", "people");
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
        text += parts[i];
    }
    return text;
}

std::string some_of(const std::vector<std::string>& names, std::size_t most) {
    std::vector<std::string> shown;
    // One more than agreed is shown rather than "and 1 more".
    const std::size_t count = names.size() <= most + 1 ? names.size() : most;
    for (std::size_t i = 0; i < count; ++i) shown.push_back(visible(names[i]));
    if (count < names.size()) shown.push_back(std::to_string(names.size() - count) + " more");
    return joined(shown);
}

Verb verb_of(Action action) {
    switch (action) {
    case Action::create:
        return {"+", "created"};
    case Action::update:
        return {"~", "updated"};
    case Action::rotate:
        return {"*", "given its new secret"};
    case Action::replace:
        return {"-/+", "replaced"};
    case Action::remove:
        return {"-", "deleted"};
    case Action::adopt:
        return {"=", "adopted without a write"};
    case Action::keep:
        break;
    }
    return {" ", "kept as it is"};
}

std::string short_revision(const Revision& revision) {
    constexpr std::string_view folder = "files:";
    if (revision.id.starts_with(folder)) return "a folder, content " + visible(revision.id.substr(folder.size(), 7));
    return visible(revision.id.substr(0, 7));
}

std::string author_name(const std::string& author) {
    auto end = author.find(" <");
    return visible(author.substr(0, end == 0 ? std::string::npos : end));
}

namespace {

std::string quoted(const std::string& title) {
    return "\"" + shorten(visible(title), 72) + "\"";
}

} // namespace

std::string source_words(const Revision& revision) {
    std::string text;
    if (!revision.branch.empty()) text += visible(revision.branch) + " at ";
    text += revision.id.empty() ? "unknown revision" : short_revision(revision);
    if (!revision.title.empty()) text += " " + quoted(revision.title);
    if (!revision.author.empty()) text += " by " + author_name(revision.author);
    return text;
}

std::string target_words(const TargetIdentity& target) {
    std::string host = target.base_url;
    const auto scheme = host.find("://");
    // Plain http is worth seeing; https is what everybody expects.
    if (host.starts_with("https://")) host = host.substr(scheme + 3);
    while (!host.empty() && host.back() == '/') host.pop_back();
    std::string text = visible(host);
    if (!target.tenant.empty()) text += ", tenant " + visible(target.tenant);
    if (!target.scope.empty()) text += ", " + visible(target.scope) + " ones alone";
    if (!target.subject.empty()) text += ", as " + visible(target.subject);
    return text;
}

std::string whereabouts(const Change& change) {
    std::string text = visible(change.type);
    const auto place = to_text(change.place);
    if (!place.empty()) text += (text.empty() ? "" : ", ") + visible(place);
    return text;
}

std::string check_words(const Check& check) {
    const auto text = visible(check.text);
    switch (check.kind) {
    case CheckKind::not_asked:
        return "";
    case CheckKind::not_checked:
        return text.empty() ? "not checked by the control plane" : "not checked: " + text;
    case CheckKind::passed:
        return "checked by the control plane";
    case CheckKind::refused:
        break;
    }
    const auto place = to_text(check.place);
    return "refused by the control plane" + (place.empty() ? "" : " at " + visible(place)) + ": " +
           (text.empty() ? "it gave no reason" : text);
}

std::string hold_words(const Hold& hold) {
    std::string text(to_text(hold.reason));
    if (!hold.text.empty()) text += ": " + visible(hold.text);
    const std::string digits = std::to_string(hold.subjects.value_or(0));
    if (hold.subjects.value_or(0) > 0 && hold.text.find(digits) == std::string::npos)
        text += " (at least " + people(*hold.subjects) + ")";
    if (hold.until) text += "; ends by itself at " + format_utc(*hold.until);
    return text;
}

std::string way_out(const Hold& hold, const Change& change) {
    if (!hold.way_out.empty()) return visible(hold.way_out);
    switch (hold.reason) {
    case HoldReason::conflict:
        return "the next pass plans it anew";
    case HoldReason::depends:
        return "settle the change that it depends on";
    case HoldReason::paused:
        return hold.until ? "wait" : "remove the pause";
    case HoldReason::duplicate:
        return "remove one of the two declarations";

    default:
        return "kedge release " + change.digest.short_hex() + " --because \"WHY\"";
    }
}

bool is_shown(const Change& change) {
    return change.action != Action::keep || !change.holds.empty();
}

int auth_changes(const Plan& plan) {
    return static_cast<int>(
        std::count_if(plan.changes.begin(), plan.changes.end(), [](const Change& c) { return c.auth_change; }));
}

int people_behind_auth(const Plan& plan) {
    int most = 0;
    for (const auto& change : plan.changes) {
        if (change.auth_change) most = std::max(most, change.subjects.value_or(0));
    }
    return most;
}

namespace {

int count_action(const std::vector<Change>& changes, Action action) {
    return static_cast<int>(
        std::count_if(changes.begin(), changes.end(), [&](const Change& c) { return c.action == action; }));
}

std::string list_of(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

void add(std::vector<std::string>& parts, int number, std::string_view one, std::string_view many) {
    if (number > 0) parts.push_back(counted(number, one, many));
}
void add(std::vector<std::string>& parts, int number, std::string_view words) {
    add(parts, number, words, words);
}

std::vector<std::string> state_parts(const Plan& plan) {
    const auto& c = plan.counts;
    const int differ = count_action(plan.changes, Action::update) + count_action(plan.changes, Action::rotate) +
                       count_action(plan.changes, Action::replace);
    const int deletes = count_action(plan.changes, Action::remove);
    std::vector<std::string> parts;
    add(parts, c.equal, "equal");
    add(parts, differ, "differs", "differ");
    if (c.live_only + deletes > 0) {
        parts.push_back(std::to_string(c.live_only + deletes) + " live but not in git");
        if (deletes > 0) parts.back() += " (" + std::to_string(deletes) + " of them managed)";
    }
    add(parts, count_action(plan.changes, Action::create), "only in git");
    if (const int auth = auth_changes(plan); auth > 0) {
        parts.push_back(counted(auth, "changes auth", "change auth"));
        const int most = people_behind_auth(plan);
        if (most > 0)
            parts.back() += " (at least " + people(most) + (most == 1 ? " has" : " have") + " credentials there)";
    }
    add(parts, c.invalid, "with errors left as it is", "with errors left as they are");
    add(parts, c.other_types, "document of another type left alone", "documents of other types left alone");
    return parts;
}

} // namespace

std::string count_words(const Plan& plan) {
    auto state = state_parts(plan);
    if (state.empty()) state.emplace_back("nothing in git and nothing live");
    std::vector<std::string> requests;
    add(requests, plan.counts.list_requests, "list", "lists");
    add(requests, plan.counts.dry_runs, "dry run", "dry runs");
    add(requests, plan.counts.other_requests, "other request", "other requests");
    return list_of(state) + (requests.empty() ? "" : "; " + list_of(requests));
}

namespace {

constexpr std::array<std::pair<Action, std::string_view>, 6> actions{{{Action::create, "create"},
                                                                      {Action::update, "update"},
                                                                      {Action::rotate, "rotate"},
                                                                      {Action::replace, "replace"},
                                                                      {Action::remove, "delete"},
                                                                      {Action::adopt, "adopt"}}};

int count_refused(const Plan& plan) {
    return static_cast<int>(std::count_if(plan.changes.begin(), plan.changes.end(), [](const Change& c) {
        return c.holds.empty() && c.check.kind == CheckKind::refused;
    }));
}

} // namespace

std::string planned_words(const Plan& plan) {
    std::vector<std::string> parts;
    for (const auto& [action, word] : actions) {
        const int count = static_cast<int>(
            std::count_if(plan.changes.begin(), plan.changes.end(),
                          [action = action](const Change& c) { return c.runs() && c.action == action; }));
        if (count > 0) parts.push_back(std::to_string(count) + " to " + std::string(word));
    }
    add(parts, count_held(plan), "held");
    add(parts,
        static_cast<int>(std::count_if(plan.changes.begin(), plan.changes.end(),
                                       [](const Change& c) { return c.holds.empty() && !c.left_alone.empty(); })),
        "left alone");
    add(parts, count_refused(plan), "refused by the control plane");
    return parts.empty() ? "nothing to do" : list_of(parts);
}

std::string applied_words(const Report& report) {
    constexpr std::array<std::pair<Action, std::string_view>, 6> done{{{Action::create, "created"},
                                                                       {Action::update, "updated"},
                                                                       {Action::rotate, "rotated"},
                                                                       {Action::replace, "replaced"},
                                                                       {Action::remove, "deleted"},
                                                                       {Action::adopt, "adopted"}}};
    const auto count = [&](Result result, std::optional<Action> action) {
        return static_cast<int>(std::count_if(report.outcomes.begin(), report.outcomes.end(), [&](const Outcome& o) {
            return o.result == result && (!action || o.change.action == *action);
        }));
    };
    std::vector<std::string> written;
    for (const auto& [action, word] : done) add(written, count(Result::done, action), word);
    std::vector<std::string> rest;
    for (const auto result :
         {Result::held, Result::refused, Result::failed, Result::unsure, Result::blocked, Result::not_started}) {
        add(rest, count(result, std::nullopt), to_text(result));
    }
    return (written.empty() ? "nothing" : list_of(written)) + (rest.empty() ? "" : "; " + list_of(rest));
}

std::string condition_words(const LiveCondition& it) {
    const auto& condition = it.condition;
    std::string text = visible(it.name);
    if (condition.needs_person) text += " needs a person";
    if (!condition.reachable) text += (condition.needs_person ? " and" : "") + std::string(" cannot be reached");
    if (!condition.text.empty()) text += ": " + visible(condition.text);
    if (!condition.url.empty()) text += " (" + visible(condition.url) + ")";
    return text;
}

std::vector<std::string> remarks(const Plan& plan, bool will_happen) {
    const auto& c = plan.counts;
    std::vector<std::string> all;
    constexpr std::size_t most_conditions = 20;
    for (std::size_t i = 0; i < std::min(plan.conditions.size(), most_conditions); ++i)
        all.push_back("State, not compared: " + condition_words(plan.conditions[i]) + ".");
    if (plan.conditions.size() > most_conditions)
        all.push_back("State, not compared: " + std::to_string(plan.conditions.size() - most_conditions) +
                      " more registrations wait for something.");
    if (c.live_only > 0) {
        const std::string names = plan.live_only_names.empty() ? "" : ": " + some_of(plan.live_only_names, 8);
        all.push_back("Not managed, left alone: " + std::to_string(c.live_only) + " live" + names + ".");
    }
    if (c.adopted > 0) {
        all.push_back(counted(c.adopted, "equal registration", "equal registrations") +
                      (will_happen ? " will" : " would") + " become managed, without a write.");
    }
    if (c.normalised > 0) {
        all.push_back(counted(c.normalised, "equal registration is", "equal registrations are") +
                      " stored by the control plane in other words than were sent.");
    }
    if (c.secrets_unknown > 0) {
        all.push_back(counted(c.secrets_unknown, "equal registration holds", "equal registrations hold") +
                      " secrets that the control plane hides, or that kedge cannot read: those were not compared.");
    }
    for (const auto& line : plan.budget) {
        const auto kind = std::string(to_text(line.kind));
        all.push_back("Limit on " + kind + ": " + std::to_string(line.planned) + " of " +
                      std::to_string(line.allowed_pass) + " planned in one pass, " + std::to_string(line.used_hour) +
                      " of " + std::to_string(line.allowed_hour) + " made in the last hour.");
    }
    for (const auto& group : plan.groups) {
        if (group.released)
            all.push_back("Released together: " + counted(group.size, "change", "changes") + " (" + group.name + ").");
    }
    if (!plan.prune && !plan.prune_off.empty()) all.push_back("Nothing is deleted: " + visible(plan.prune_off) + ".");
    return all;
}

} // namespace kedge
