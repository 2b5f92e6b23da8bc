// Desired against live, as documents: what is comparable of each, their digests, and their differences.
#pragma once
#include "base/digest.h"
#include "base/json.h"
#include "model/change.h"
#include "model/rules.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge {

// Digests are made of each side alone; a comparison sees both. What needs both sides stays in the digests and is left
// out by compare() only: fields that the control plane fills in where git is silent, extra entries that a `keep` rule
// tolerates, the order of keyed lists, hidden secrets. Such a pair is a candidate until its verdict ("no difference")
// is remembered under both digests; that is sound, because anything that moves on either side moves a digest.

// The digestible form of a canonical document: ignored paths and reserved `kedge*` tags removed (an emptied `tags` as
// well), every secret value sealed: {"$hmac": HMAC(secret_key, value)} for what can be read (references as their text),
// the masked constant for what cannot.
Json comparable(Json canonical_document, const CompareRules& rules, std::string_view secret_key);
Digest document_digest(const Json& comparable_document);
// Of the part of a canonical document that live never shows (`hidden`), sealed alike; empty where the rules name none.
// What git said there last is known by this alone.
Digest hidden_digest(const Json& canonical_document, const CompareRules& rules, std::string_view secret_key);
// Of a canonical document without its name, and without what a control plane hides or fills in by itself (secrets,
// `ignore_unless_set`): what makes it recognisable under another name.
Digest nameless_digest(const CompareRules& rules, Json canonical_document);

// Without the tags that begin with `kedge`, in both spellings (a map, a list); an emptied `tags` goes as well.
Json without_reserved_tags(Json document);
// `live` without the extra entries of lists and maps that a `keep` rule tolerates: those that `desired` does not have.
Json without_kept_extras(Json live, const Json& desired, const CompareRules& rules);
// `live` without the fields of `ignore_unless_set` that `desired` does not set.
Json without_server_filled(Json live, const Json& desired, const CompareRules& rules);

struct Comparison {
    std::vector<FieldDifference> differences; // sorted by path; secret_unknown ones included
    bool differs = false;                     // at least one difference that is not secret_unknown
    bool secret_unknown = false;
    std::vector<std::string> hidden;     // paths of rules.hidden that git sets and live does not show
    std::vector<std::string> references; // paths of secret references in git, whose values are never compared
    bool auth_change = false;   // a difference under rules.auth (secret_changed of a global header value excepted)
    bool only_secrets = false;  // differs, and only in values of secret fields that both sides have
    bool exact_differs = false; // differs in a field where "normalised by the server" is never accepted

    bool operator==(const Comparison&) const = default;
};

// Both canonical; `references`: JSON pointers of desired secret fields that hold ${env:}, ${file:} or ${k8s:} (never
// comparable by value). A desired secret whose text holds `${env:`, `${file:` or `${k8s:` is taken for a reference as
// well: canonical forms may reorder the lists that the pointers count in.
Comparison compare(const Json& desired, const Json& live, const CompareRules& rules,
                   const std::vector<std::string>& references);

// SHA-256 over (format version, target identity, action, identity key, desired digest, live digest or `absent`); a
// rotate's also over the new fingerprint.
Digest change_digest(const std::string& target_key, Action action, const std::string& name, const Digest& desired,
                     const Digest& live, const std::string& fingerprint = {});

// Key of a remembered "no difference".
Digest verdict_key(const Digest& desired, const Digest& live, const Digest& own_rules, const std::string& dialect,
                   int dialect_version);

} // namespace kedge
