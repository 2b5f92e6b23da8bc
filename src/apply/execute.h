// Carries out a settled plan: one outcome per change. Sends nothing that the plan holds, forces nothing that nobody
// released, and writes an intent to the ledger before every send. Leaves deciding to the plan and pacing to the client.
#pragma once
#include "io/clock.h"
#include "model/ledger_state.h"
#include "model/release.h"
#include "model/report.h"
#include "model/resource.h"
#include "provider/provider.h"
#include "store/ledger.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kedge {

// What is sent for one change.
struct Sendable {
    Json document; // from git, marker included
    std::vector<SecretReference> references;
    std::string fingerprints; // of the secret values behind them; empty: none or unknown
    Digest hidden;            // IndexEntry::hidden
    std::string path;
    bool prune_never = false;
    bool marked = false; // the document carries our marker
    std::string problem; // why it cannot be sent (a secret has no value); empty: it can
};

struct Answered {
    Digest live;          // empty where the control plane stored something else in a field that must be exact
    std::string document; // what the digest was made of (KnownDocument); empty: not to be kept
};

struct ExecuteContext {
    ExecuteContext(Provider& p, Ledger& l, Clock& c, LedgerKey k)
        : provider(p), ledger(l), clock(c), key(std::move(k)) {}

    Provider& provider;
    Ledger& ledger;
    Clock& clock;
    LedgerKey key;
    Milliseconds listed_at{0}; // monotonic: when the plan's rows were read
    Milliseconds fresh_for{30000};

    // The documents of some changes (never of deletes), by name.
    std::function<Task<std::map<std::string, Sendable>>(std::vector<const Change*>)> documents;
    // Live digest of a document, as rows are digested.
    std::function<Digest(const LiveDocument&)> live_digest;
    // What is remembered of the answer to a write.
    std::function<Answered(const Change&, const Json& sent, const LiveDocument& answer)> answered;
    // Ids of the live rows of a name, and ids that are followed by now, by name.
    std::function<std::vector<std::string>(const std::string& name)> namesakes;
    std::map<std::string, std::vector<std::string>> followed_ids;
    SignOutRule sign_out;
    // Live virtual servers and what they combine: a source is not deleted while one that names it is unfinished.
    std::map<std::string, std::vector<std::string>> live_links;
    std::map<std::string, std::vector<std::string>> declared_links; // the same, in git: sources are written before
    // Why the plan is out of date (a newer revision); empty: it is not. Asked between changes, never within one.
    std::function<Task<std::string>()> superseded;
    std::function<bool()> keep_going;               // false: start nothing more
    std::function<void(const Outcome&)> on_outcome; // progress
};

Task<Report> execute(ExecuteContext& context, Plan plan);

} // namespace kedge
