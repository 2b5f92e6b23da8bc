// What one unit was told: values only, checked by the settings reader.
#pragma once
#include "base/duration.h"
#include "base/secret.h"
#include "model/release.h"
#include "model/review.h"
#include "plan/make_plan.h"
#include "reconcile/may.h"
#include "reconcile/selection.h"

#include <string>
#include <vector>

namespace kedge {

// Which planned changes the control plane is asked to check.
enum class Rehearse { always, updates, never };
// What to do with a secret whose fingerprint is unknown (a new ledger, another installation key).
enum class OnUnknownSecret { leave, send };
// The two switches of the daemon: act on it, or only report it.
enum class Reaction { act, report };

struct UnitSettings {
    UnitIdentity us;            // empty installation: a plan without settings
    std::string source;         // configured name of the source
    std::string source_url{};   // of its repository; empty for a folder
    std::string source_ref{};   // "refs/heads/main"; empty: the default branch
    std::string target;         // configured name of the target
    std::string target_url;     // its base URL, for people and where the target names no tenant
    std::string target_options; // of its dialect, as text: what was remembered under others does not count
    Prune prune = Prune::owned;
    Milliseconds prune_delay{0};
    bool on_invalid_stop = false;
    Rehearse rehearse = Rehearse::always;
    OnUnknownSecret on_unknown_secret = OnUnknownSecret::leave;
    SignOutRule sign_out;
    Limits limits;
    RequirePreview require_preview = RequirePreview::none;
    May may;
    Selection selection;              // of a command; the loop takes everything
    std::vector<std::string> secrets; // allow list: "env:NAME", "file:PATH", "k8s:SECRET/KEY", globs
    bool private_urls = false;        // registrations may point at private hosts and plain http
    Reaction changes = Reaction::act;
    Reaction drift = Reaction::act;
    Milliseconds heal_after{0};
    Milliseconds interval{60000};
    Milliseconds deadline{30 * 60000}; // of one pass: no step of it begins later
    Milliseconds fresh_for{30000};     // rows older than this are read again before a write
    std::vector<Release> releases;     // given by command, not by git
    Secret seal_key;                   // installation key: seals literals and fingerprints
    std::string version;               // kedge's own, part of what remembered results depend on
};

} // namespace kedge
