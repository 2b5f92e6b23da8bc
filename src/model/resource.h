// A manifest after reading: identity, document, and where it was written.
#pragma once
#include "base/json.h"
#include "model/place.h"

#include <map>
#include <string>
#include <vector>

namespace kedge {

// `${env:NAME}` or `${file:PATH}` inside one secret field.
struct SecretReference {
    std::string pointer; // JSON pointer into the document, as in "/auth_data/headers/Authorization"
    std::string scheme;  // "env" or "file"
    std::string name;    // NAME or PATH

    auto operator<=>(const SecretReference&) const = default;
};

// The reserved key `x-kedge` (and the same from .kedge/overrides), never sent.
struct Extension {
    std::vector<std::string> units; // globs; empty: every unit
    bool prune_never = false;
    std::string adopt;                 // a remote id; empty: none
    std::vector<std::string> ignore;   // object paths, dotted: "tags.owner"
    std::vector<std::string> keep;     // object paths whose extra entries in live stay ("collaborators")
    std::vector<std::string> formerly; // names, or unit/name, that this registration had before
    Json providers = Json::object();   // provider name -> block

    bool operator==(const Extension&) const = default;
};

struct Resource {
    std::string type; // "mcp-server/remote"
    std::string name;
    // The manifest without x-kedge (the engine adds the block of its target), literals in secret fields as written
    // (`$${` already unescaped), references as written.
    Json document;
    Place place; // of the document's first key
    Extension extension;
    std::vector<SecretReference> references;
    std::map<std::string, int> lines; // JSON pointer -> line, for keys of the first two levels, and in x-kedge

    bool operator==(const Resource&) const = default;
};

} // namespace kedge
