// What is known of one live registration. The entry is kept for every row; the document only where a plan needs it.
#pragma once
#include "base/digest.h"
#include "base/json.h"
#include "model/condition.h"

#include <optional>
#include <string>

namespace kedge {

// `dialect.read` of one row: a manifest-shaped document (absent: key missing; masked and unreadable: see
// secret_fields.h).
struct LiveDocument {
    std::string remote_id; // empty where a dry run invented none
    std::string name;
    std::string type;
    std::string version; // `updatedAt` or the like: moves with each write, as the control plane tells it
    Json document;
    Condition condition;

    bool operator==(const LiveDocument&) const = default;
};

struct LiveEntry {
    std::string remote_id;
    std::string name;
    std::string type;
    std::string version;
    std::string marker;  // text of the ownership marker ("prod.tools.1a2b3c4d"); empty where there is none
    Digest row;          // HMAC of the raw row
    Digest live;         // live digest under `rules`; empty: the whole row has not been read
    Digest rules;        // own rules of the desired resource it was digested for
    bool masked = false; // at least one secret field could not be read
    bool paused = false; // carries the tag `kedge-pause`
    bool virtual_server = false;
    std::vector<std::string> sources; // of a virtual server: names it combines
    Condition condition;              // reported, never compared

    bool operator==(const LiveEntry&) const = default;
};

} // namespace kedge
