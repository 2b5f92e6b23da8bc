// A control plane as the engine knows it: identity and what it can do.
#pragma once
#include "model/rules.h"

#include <string>
#include <vector>

namespace kedge {

// Answer to the preflight.
struct TargetIdentity {
    std::string dialect; // "truefoundry"
    std::string tenant;  // as the target names it; empty where it names none
    std::string subject; // who our token belongs to, for people
    std::string base_url;
    std::string scope{}; // the part of it that the target's options choose ("private" gateways); empty: the usual one

    // dialect + tenant, else dialect + base URL, and the scope: what change digests and the ledger are bound to.
    std::string key() const {
        return dialect + "/" + (tenant.empty() ? base_url : tenant) + (scope.empty() ? "" : "#" + scope);
    }
    auto operator<=>(const TargetIdentity&) const = default;
};

// One header that carries a credential. `setting` is the key of the target's settings that names it.
struct CredentialHeader {
    std::string setting = "token";
    std::string header = "Authorization";
    std::string prefix = "Bearer ";

    bool operator==(const CredentialHeader&) const = default;
};

struct Capabilities {
    bool list = false;
    bool list_has_total = false;
    bool list_rows_complete = false;
    bool list_may_hide_rows = false; // what it does not show may be there all the same: a get by id tells
    bool get = false;
    bool find_by_name = false;
    bool name_lookup_is_list = false; // find_by_name reads the list: asked once for all names, not per name
    int find_at_once = 0;             // so many names can be looked up by one request; 0: one at a time
    bool rehearse = false;
    bool names_unique = false;
    bool tags = false;     // ownership markers can be written
    bool subjects = false; // can name who has credentials
    bool create = true;
    bool update = true;
    bool remove = false;
    bool acknowledges_sign_out = false;      // refuses an auth change until forced
    std::vector<std::string> replace_fields; // dotted paths that cannot be updated in place
    std::vector<std::string> updatable;      // dotted paths that an update can change; empty: all
    std::vector<std::string> write_only;     // dotted paths that are never read back
    std::string clears = "null";             // how a field is emptied: "null", "empty value", "not possible"
    std::vector<std::string> assumptions;    // one sentence each: what is not published, and which setting switches it

    bool operator==(const Capabilities&) const = default;
};

// Where the rows lie in a list answer.
struct ListShape {
    // Member of the envelope that holds the array ("data", "data.servers"); empty: the body is the array.
    std::string rows_key;
    std::string name_pointer; // JSON pointers inside a row
    std::string id_pointer;
    std::string or_key{}; // where the body may be the array or an envelope: the member that holds it then
    bool operator==(const ListShape&) const = default;
};

struct Pacing {
    int concurrency = 8;
    bool stop_at_first_429 = false;
    int deadline_ms = 60000; // of one request
    int page_size = 1000;

    bool operator==(const Pacing&) const = default;
};

struct Description {
    std::string dialect;
    int version = 1; // of the comparison rules: part of remembered verdicts
    Capabilities can;
    CompareRules rules; // `ignore` and `keep` empty
    ListShape list;
    Pacing pacing;
    std::vector<CredentialHeader> credentials{CredentialHeader{}};
    std::vector<std::string> type_order; // creates in this order, deletes reversed; types not named come first
};

} // namespace kedge
