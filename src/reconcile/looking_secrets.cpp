// The part of a look that reads the secrets which manifests refer to: what has a new value, and what cannot be read.
#include "plan/holds.h"
#include "reconcile/looking.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kedge {

namespace {

// Who needs one secret that cannot be read.
struct Uses {
    int registrations = 0;
    int writes = 0; // planned ones that wait for it
    Place first;
    std::string name; // of the registration at that place
};

bool sends_document(Action action) {
    return action == Action::create || action == Action::update || action == Action::rotate ||
           action == Action::replace;
}

std::string counted(int count, const std::string& one, const std::string& many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string way_out(const std::string& reference) {
    const auto colon = reference.find(':');
    const auto name = reference.substr(colon + 1);
    if (reference.starts_with("k8s:")) {
        const auto slash = name.find('/');
        return "put the key " + name.substr(slash + 1) + " into the Secret " + name.substr(0, slash) +
               " where kedge runs, and let it read that";
    }
    return reference.starts_with("env:") ? "set the variable " + name + " where kedge runs"
                                         : "put the secret into " + name + " where kedge runs";
}

// An error where something waits for it; a plan that sends nothing with it, or whose plan nobody here carries out, goes
// on without the secret.
Finding unreadable(const std::string& reference, const std::string& problem, const Uses& uses, bool stranger) {
    Finding finding;
    finding.severity = uses.writes > 0 && !stranger ? Severity::error : Severity::warning;
    finding.place = uses.first;
    finding.name = uses.name;
    finding.message = "kedge cannot read ${" + reference + "}: " + problem + "; " +
                      counted(uses.registrations, "registration uses it", "registrations use it") + ", " +
                      (uses.writes > 0 ? counted(uses.writes, "change waits for it", "changes wait for it")
                                       : "and whether it has a new value is not known");
    finding.hint = way_out(reference);
    return finding;
}

} // namespace

Task<void> Looking::read_secrets() {
    std::set<std::string> wanted;
    for (const auto& [file, entry] : all_) wanted.insert(entry->references.begin(), entry->references.end());
    std::vector<std::string> references(wanted.begin(), wanted.end());
    co_await unit_.parts_.secrets.read_ahead(std::move(references));
}

const Looking::KnownSecret& Looking::secret_of(const std::string& reference) {
    const auto known = secrets_.find(reference);
    if (known != secrets_.end()) return known->second;
    const auto colon = reference.find(':');
    const auto scheme = reference.substr(0, colon);
    const auto name = reference.substr(colon + 1);
    KnownSecret secret;
    secret.problem = unit_.parts_.secrets.problem(scheme, name);
    if (secret.problem.empty()) secret.fingerprint = unit_.parts_.secrets.fingerprint(scheme, name);
    return secrets_.emplace(reference, std::move(secret)).first->second;
}

std::string Looking::fingerprint_of(const IndexEntry& entry) {
    std::string text;
    bool known = true;
    for (const auto& reference : entry.references) {
        const auto& secret = secret_of(reference);
        if (!secret.problem.empty()) unreadable_.insert(entry.name);
        known = known && secret.fingerprint;
        if (known) text += reference + "=" + *secret.fingerprint + "\n";
    }
    return known && !text.empty() ? sha256(text).hex() : std::string();
}

void Looking::find_rotated() {
    for (const auto& [file, entry] : all_) {
        if (entry->references.empty()) continue;
        auto fingerprint = fingerprint_of(*entry);
        if (fingerprint.empty()) continue;
        const auto owned = look_.ledger.owned.find(entry->name);
        if (owned != look_.ledger.owned.end() && owned->second.fingerprints != fingerprint) {
            const bool unknown = owned->second.fingerprints.empty();
            if (!unknown || unit_.settings_.on_unknown_secret == OnUnknownSecret::send) rotated_.insert(entry->name);
        }
        look_.fingerprints[entry->name] = std::move(fingerprint);
    }
}

// What needs a secret that nobody can read is not tried; everything else goes on.
void Looking::hold_unreadable() {
    if (unreadable_.empty()) return;
    std::map<std::string, Uses> uses;
    const auto each_problem = [&](const IndexEntry& entry, const auto& visit) {
        if (!unreadable_.contains(entry.name)) return;
        for (const auto& reference : entry.references) {
            const auto& problem = secret_of(reference).problem;
            if (!problem.empty()) visit(reference, problem);
        }
    };
    for (const auto& [file, entry] : look_.desired) {
        const Place place{file->path, entry->line, 0};
        each_problem(*entry, [&, name = entry->name](const std::string& reference, const std::string&) {
            auto& use = uses[reference];
            ++use.registrations;
            if (use.registrations > 1 && use.first < place) return;
            use.first = place;
            use.name = name;
        });
    }
    auto& plan = look_.planned.plan;
    for (auto& change : plan.changes) {
        const auto* desired = sends_document(change.action) ? declared(change.name) : nullptr;
        if (desired == nullptr) continue;
        each_problem(*desired->entry, [&](const std::string& reference, const std::string& problem) {
            ++uses[reference].writes;
            add_hold(change, depends_hold("kedge cannot read ${" + reference + "}: " + problem, way_out(reference)));
        });
    }
    for (const auto& [reference, use] : uses) {
        plan.findings.push_back(
            unreadable(reference, secret_of(reference).problem, use, unit_.settings_.us.is_stranger()));
    }
    std::stable_sort(plan.findings.begin(), plan.findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.place, a.severity) < std::tie(b.place, b.severity);
    });
}

} // namespace kedge
