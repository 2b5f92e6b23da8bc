#include "plan/holds.h"

#include "model/marker.h"
#include "plan/changes.h"
#include "plan/excerpt.h"
#include "plan/release.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace kedge {

namespace {

std::string in_quotes(const std::string& text) {
    return "\"" + text + "\"";
}

// Without settings there is no unit whose releases could be read.
constexpr const char* name_yourself = "name an installation and a unit in kedge.yaml";
constexpr const char* released_there = "; there a release can let it through";

// A name as it can be pasted into a command line.
std::string shell_word(const std::string& name) {
    const bool plain = !name.empty() && name.front() != '-' && std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
    });
    if (plain) return name;
    std::string word = "'";
    for (const char c : name) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return word + "'";
}

std::string by_release(const Change& change) {
    return "add to .kedge/releases: " + release_line(change);
}

std::string keeper(const LiveEntry& live) {
    const auto marker = read_marker(live.marker, live.name);
    if (!marker || !marker->fits) return "not managed by kedge";
    return "managed by another installation of kedge (" + in_quotes(marker->installation) + ", unit " +
           in_quotes(marker->unit) + ")";
}

std::string words_of(const std::vector<std::string>& fields) {
    std::string text;
    for (const auto& field : fields) text += (text.empty() ? "" : ", ") + field;
    return text;
}

Hold foreign_hold(const PlanInput& input, const Candidate& candidate, const Change& change) {
    Hold hold;
    hold.reason = HoldReason::foreign;
    hold.text = "live, differs from git, and is " + keeper(*candidate.live);
    const auto& adopt = candidate.desired->entry->adopt;
    if (!adopt.empty())
        hold.text += "; x-kedge adopt names " + in_quotes(adopt) + ", but its id is " + in_quotes(change.remote_id);
    if (input.us.is_stranger()) {
        hold.way_out = name_yourself + std::string(", then take it over there");
    } else {
        const auto marker = read_marker(candidate.live->marker, change.name);
        const bool taken = marker && marker->fits;
        hold.way_out = (taken ? "take the tag kedge off it there" : "kedge adopt " + shell_word(change.name)) +
                       ", or add x-kedge: {adopt: " + in_quotes(change.remote_id) + "} to the manifest, or " +
                       by_release(change);
    }
    return hold;
}

// Nobody can release what does not say which one it is about.
Hold ambiguous_hold(const Candidate& candidate, const Change& change) {
    std::string ids;
    for (const auto& id : candidate.namesakes) ids += (ids.empty() ? "" : ", ") + in_quotes(id);
    Hold hold;
    hold.reason = HoldReason::foreign;
    hold.text = std::to_string(candidate.namesakes.size()) +
                " live registrations have this name, and none of them is managed by kedge: " + ids;
    hold.way_out = "kedge adopt " + change.name + " --id ID, or x-kedge: {adopt: ID} in the manifest";
    return hold;
}

Hold adopt_hold(const PlanInput& input, const Candidate& candidate, const Change& change) {
    Hold hold;
    hold.reason = HoldReason::foreign;
    hold.text = "live, equals git, and is " + keeper(*candidate.live) +
                "; names are not unique in this control plane, so it is taken over only where that is said";
    hold.way_out = input.us.is_stranger()
                       ? name_yourself + std::string(", then take it over there")
                       : "kedge adopt " + change.name + ", or x-kedge: {adopt: " + in_quotes(change.remote_id) +
                             "} in the manifest, or " + by_release(change);
    return hold;
}

Hold replace_hold(const PlanInput& input, const Compared& compared, const Change& change) {
    Hold hold;
    hold.reason = HoldReason::replace;
    const auto& live_type = compared.candidate.live->type;
    hold.text = live_type != change.type
                    ? "its type changes from " + in_quotes(live_type) + " to " + in_quotes(change.type)
                    : words_of(replaced_fields(input, compared)) + " cannot be changed in place";
    hold.text += input.description.can.names_unique ? ": it would be deleted and created again"
                                                    : ": it would be created again under another id, and this one "
                                                      "deleted";
    hold.way_out = input.us.is_stranger() ? name_yourself + std::string(released_there) : by_release(change);
    return hold;
}

Hold duplicate_hold(const std::string& where) {
    Hold hold;
    hold.reason = HoldReason::duplicate;
    hold.text = where;
    hold.way_out = "remove one of the two declarations, or say with x-kedge `units` which unit it is meant for";
    return hold;
}

} // namespace

void add_hold(Change& change, Hold hold) {
    if (std::find(change.holds.begin(), change.holds.end(), hold) == change.holds.end()) {
        change.holds.push_back(std::move(hold));
    }
}

bool is_ambiguous(const Candidate& candidate) {
    return candidate.live != nullptr && candidate.ownership != Ownership::ours && candidate.namesakes.size() > 1 &&
           !is_named_for_adoption(candidate);
}

void hold_ambiguous(const Candidate& candidate, Change& change) {
    if (is_ambiguous(candidate)) add_hold(change, ambiguous_hold(candidate, change));
}

namespace {

std::string because(const Stoppage& stoppage) {
    return (stoppage.because.empty() ? "" : ": " + stoppage.because) +
           (stoppage.by.empty() ? "" : " (" + stoppage.by + ")");
}

Hold stopped_hold(const Stoppage& stoppage, const UnitIdentity& us) {
    Hold hold;
    hold.reason = HoldReason::paused;
    const auto since = format_utc(stoppage.since);
    if (stoppage.kind == StoppageKind::freeze) {
        hold.text = "freeze \"" + stoppage.name + "\" since " + since + because(stoppage);
        hold.way_out = "kedge resume --freeze " + stoppage.name;
    } else {
        hold.text = (stoppage.resource.empty() ? "the unit is paused since " : "it is paused since ") + since +
                    because(stoppage);
        hold.way_out =
            "kedge resume " + us.unit + (stoppage.resource.empty() ? "" : " --name " + shell_word(stoppage.resource));
    }
    if (stoppage.until == 0) return hold;
    hold.until = stoppage.until;
    hold.way_out += ", or wait until " + format_utc(stoppage.until);
    return hold;
}

// By the ledger; of a tag that it does not know yet: now.
UnixSeconds tagged_since(const PlanInput& input, const std::string& remote_id) {
    const auto seen = input.ledger.tagged.find(remote_id);
    return seen == input.ledger.tagged.end() ? input.now : seen->second;
}

bool is_worn(const PlanInput& input, const std::string& remote_id) {
    return !input.us.is_stranger() && input.now >= tagged_since(input, remote_id) + pause_tag_seconds;
}

void hold_by_tag(const PlanInput& input, const LiveEntry& live, Change& change) {
    if (is_worn(input, live.remote_id)) return;
    Hold hold;
    hold.reason = HoldReason::paused;
    hold.text = "it carries the tag kedge-pause in the control plane";
    hold.way_out = "remove that tag there";
    if (!input.us.is_stranger()) { // who has no ledger would count from now, each time
        hold.until = tagged_since(input, live.remote_id) + pause_tag_seconds;
        hold.text += ", which holds until " + format_utc(*hold.until);
        hold.way_out += ", or wait until then";
    }
    add_hold(change, std::move(hold));
}

} // namespace

void warn_of_worn_tags(const PlanInput& input, const std::vector<Change>& changes, std::vector<Finding>& findings) {
    std::set<std::string> worn;
    for (const auto& live : input.live) {
        if (live.paused && is_worn(input, live.remote_id)) worn.insert(live.remote_id);
    }
    for (const auto& change : changes) {
        if (!worn.contains(change.remote_id)) continue;
        Finding finding;
        finding.severity = Severity::warning;
        finding.place = change.place;
        finding.name = change.name;
        finding.message = in_quotes(change.name) + " carries the tag kedge-pause since " +
                          format_utc(tagged_since(input, change.remote_id)) +
                          ": it holds for 24 hours, and does not hold any more";
        finding.hint = "remove the tag in the control plane; to hold it for longer: kedge pause " + input.us.unit +
                       " --name " + shell_word(change.name);
        findings.push_back(std::move(finding));
    }
}

void hold_if_paused_or_unsure(const PlanInput& input, const Candidate& candidate, Change& change) {
    for (const auto& stoppage : input.stoppages) {
        if (stops(stoppage, input.us.unit, change.name)) add_hold(change, stopped_hold(stoppage, input.us));
    }
    if (candidate.live != nullptr && candidate.live->paused) hold_by_tag(input, *candidate.live, change);
    const auto& open = input.ledger.open;
    const auto intent = std::find_if(open.begin(), open.end(), [&](const Intent& i) { return i.name == change.name; });
    if (intent != open.end()) {
        Hold hold;
        hold.reason = HoldReason::unsure;
        hold.text = "a " + std::string(to_text(intent->action)) + " of " + format_utc(intent->at) +
                    " may have been sent, and reading back did not decide whether it arrived";
        hold.way_out = "look in the control plane; to send again " + by_release(change);
        add_hold(change, std::move(hold));
    }
}

std::optional<Hold> doubled_hold(const PlanInput& input, const Candidate& pair) {
    if (pair.live == nullptr || pair.ownership != Ownership::ours) return std::nullopt;
    const auto& name = pair.live->name;
    const auto& open = input.ledger.open;
    const bool may_have_arrived =
        std::any_of(open.begin(), open.end(), [&](const Intent& i) { return i.name == name; });
    const auto& others = may_have_arrived && pair.twins.empty() ? pair.namesakes : pair.twins;
    std::string ids;
    for (const auto& id : others) {
        if (id != pair.live->remote_id) ids += (ids.empty() ? "" : ", ") + in_quotes(id);
    }
    if (ids.empty()) return std::nullopt;
    Hold hold;
    hold.reason = HoldReason::unsure;
    hold.text = "there is more than one of this name: " + in_quotes(pair.live->remote_id) + " is looked after, and " +
                ids + " may be a create of kedge that arrived late";
    hold.way_out =
        "look in the control plane, and delete there the one that is not meant; to look after the other one: "
        "kedge adopt " +
        shell_word(name) + " --id ID";
    return hold;
}

void hold_by_itself(const PlanInput& input, const Compared& compared, Change& change) {
    const auto& candidate = compared.candidate;
    if (is_ambiguous(candidate)) {
        // Held once releases are known: none of them can say which one is meant.
    } else if (change.action == Action::adopt) {
        add_hold(change, adopt_hold(input, candidate, change));
    } else if (candidate.live != nullptr && candidate.ownership != Ownership::ours &&
               !is_named_for_adoption(candidate)) {
        add_hold(change, foreign_hold(input, candidate, change));
    }
    if (change.action == Action::replace) add_hold(change, replace_hold(input, compared, change));
    const auto twice = input.duplicates.find(change.name);
    if (twice != input.duplicates.end()) add_hold(change, duplicate_hold(twice->second));
    hold_if_paused_or_unsure(input, candidate, change);
}

Hold sign_out_hold(const Change& change, std::optional<int> subjects, const SignOutRule& rule, bool stranger) {
    const bool counted = subjects && *subjects > 0;
    const std::string people = !counted         ? "an unknown number of people"
                               : *subjects == 1 ? "at least 1 person"
                                                : "at least " + std::to_string(*subjects) + " people";
    Hold hold;
    hold.reason = HoldReason::sign_out;
    hold.text = change.action == Action::remove ? "it would end the credentials of " + people
                                                : people + " would have to sign in again";
    if (change.released && change.at_most > 0) {
        hold.text += "; the release allows at most " + std::to_string(change.at_most);
        if (!counted) hold.text += ", which cannot be checked";
    }
    hold.way_out = stranger ? name_yourself + std::string(released_there)
                   : rule.who == SignOut::never
                       ? "the unit says sign_out: never; take the change back, or have the settings changed"
                       : "add to .kedge/releases: " + release_line(change, counted ? subjects : std::nullopt);
    hold.subjects = subjects;
    return hold;
}

Hold loop_hold(const Change& change, int times) {
    std::string fields;
    std::string rules;
    for (const auto& difference : change.differences) {
        fields += (fields.empty() ? "" : ", ") + difference.path;
        const bool secret = difference.live == hidden_secret || difference.desired == hidden_secret;
        const bool ruled = !secret && difference.path.find('[') == std::string::npos && difference.path != "url" &&
                           difference.path != "name" && difference.path != "type";
        if (ruled) rules += (rules.empty() ? "" : ", ") + difference.path;
    }
    Hold hold;
    hold.reason = HoldReason::loop;
    hold.text = "written alike " + std::to_string(times) + " times in the last day, and each time it came back" +
                (fields.empty() ? "" : ": " + fields);
    hold.way_out =
        (rules.empty() ? "" : "add x-kedge: {ignore: [" + rules + "]} to the manifest, or ") + by_release(change);
    return hold;
}

Hold depends_hold(std::string why, std::string way_out) {
    Hold hold;
    hold.reason = HoldReason::depends;
    hold.text = std::move(why);
    hold.way_out = std::move(way_out);
    return hold;
}

Hold delete_hold(const Change& change, std::string why) {
    Hold hold;
    hold.reason = HoldReason::delete_;
    hold.text = std::move(why);
    hold.way_out = by_release(change);
    return hold;
}

} // namespace kedge
