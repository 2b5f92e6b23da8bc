// A small world for plans: manifests and live registrations as documents, a ledger, and the walk from them to a plan
// that a pass takes. Nothing here decides anything.
#pragma once
#include "base/json.h"
#include "model/marker.h"
#include "plan/make_plan.h"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kedge {

inline constexpr std::string_view seal_key = "a key of tests";

// A remote server as the vendor's pages show it, with some members replaced.
Json remote(const std::string& name, const Json& with = Json::object());
Json virtual_server(const std::string& name, const std::vector<std::string>& sources);
Json oauth(const std::string& token_url);
Json header(const Json& value, const std::string& level = "global");

class World {
public:
    World();

    // Declares a manifest, in the file `<name>.yaml` unless said otherwise.
    IndexEntry& in_git(const Json& document, const std::string& path = {});
    // A live registration that nobody has marked. Id: `id-<name>`.
    LiveEntry& is_live(const Json& document);
    // The same with the marker of a unit.
    LiveEntry& is_live(const Json& document, const std::string& installation, const std::string& unit);
    // Live as git says, marked, and known to the ledger as written by us.
    OwnedEntry& is_ours(const Json& document, const std::string& path = {});
    void remove_from_git(const std::string& name);
    // A person edits it in the control plane.
    void edit_live(const Json& document);
    void gone_live(const std::string& name);
    void edit_git(const Json& document);
    void release(const Change& change, int at_most = 0);
    void becomes_stranger();

    Matched match_all();
    Planned plan();

    UnitIdentity us{"prod", "tools"};
    TargetIdentity target{"truefoundry", "acme", "robot", "https://acme.example"};
    Description description;
    Revision revision;
    LedgerState ledger;
    std::deque<FileIndex> files;
    std::map<std::string, Json> manifests; // by name
    std::map<std::string, Json> documents; // of live rows, by remote id
    std::map<std::string, CompareRules> own_rules;
    std::vector<DesiredEntry> desired;
    std::vector<LiveEntry> live;
    std::set<Digest> verdicts;
    std::set<std::string> rotated;
    std::set<std::string> elsewhere;
    std::vector<Finding> findings;
    std::vector<std::string> invalid_names;
    std::set<std::string> invalid_paths;
    std::vector<Release> releases;
    std::map<std::string, CommitReference> causes;
    Prune prune = Prune::owned;
    Milliseconds prune_delay{0};
    bool on_invalid_stop = false;
    std::string sibling_problem;
    Limits limits;
    bool rules_moved = false;
    RequirePreview require_preview = RequirePreview::none;
    std::vector<ReviewedChange> reviewed;
    UnixSeconds now = 1'760'000'000;

private:
    CompareRules rules_of(const std::string& name) const;
    Digest digest(const Json& document, const std::string& name) const;
    void collect();
    Compared compared(const Candidate& candidate);

    Matched matched_;
};

const Change* find(const Plan& plan, const std::string& name);
const Change& change_of(const Plan& plan, const std::string& name);
std::vector<HoldReason> reasons(const Change& change);
std::vector<std::string> names(const Plan& plan);
Rehearsal rehearsal(Rehearsal::Kind kind, std::optional<int> subjects = std::nullopt);
Digest digest_in_world(const Json& document, const CompareRules& rules);

} // namespace kedge
