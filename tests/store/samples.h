// Values with every field set, so that a field forgotten in a row shows.
#pragma once
#include "model/index.h"
#include "model/ledger_state.h"
#include "model/live.h"
#include "store/ledger.h"

#include <string>

namespace kedge {

inline LedgerKey sample_key() {
    return {"prod", "tools", "acme"};
}

inline OwnedEntry sample_owned(const std::string& name) {
    OwnedEntry e;
    e.name = name;
    e.type = "mcp-server/remote";
    e.remote_id = "id-" + name;
    e.path = "mcp/" + name + ".yaml";
    e.blob_id = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
    e.sent = sha256("sent " + name);
    e.answered = sha256("answered " + name);
    e.version = "2026-03-01T12:00:00Z";
    e.fingerprints = "f1";
    e.commit = "1a2b3c4d5e6f708192a3b4c5d6e7f80912345678";
    e.declared = 1'800'000'000;
    e.undeclared = 1'800'000'001;
    e.prune_never = true;
    e.marked = true;
    e.superseded = {"id-before", "id-\"odd\""};
    e.hidden = sha256("hidden");
    return e;
}

// Its name goes with it: it has followed no other id.
inline OwnedEntry sample_alone(const std::string& name) {
    auto e = sample_owned(name);
    e.superseded.clear();
    return e;
}

inline Intent sample_intent(const std::string& name, const std::string& release = {}) {
    Intent i;
    i.name = name;
    i.type = "mcp-server/remote";
    i.action = Action::update;
    i.remote_id = "id-" + name;
    i.change = sha256("change " + name);
    i.desired = sha256("desired " + name);
    i.auth_change = true;
    i.release_entry = release;
    i.at = 1'800'000'000;
    i.known_ids = {"id-1", "id-2"};
    i.prune_never = true;
    return i;
}

inline FileIndex sample_file(const std::string& path) {
    FileIndex file;
    file.path = path;
    file.blob_id = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
    file.context = sha256("context");
    IndexEntry entry;
    entry.name = "github";
    entry.type = "mcp-server/virtual";
    entry.desired = sha256(path);
    entry.rules = sha256("rules");
    entry.line = 300;
    entry.document = 2;
    entry.prune_never = true;
    entry.references = {"env:A", "file:/b"};
    entry.ignore = {"tags.owner"};
    entry.keep = {"collaborators"};
    entry.sources = {"a", "b"};
    entry.formerly = {"old", "tools/older"};
    entry.adopt = "id-1";
    file.entries = {entry, IndexEntry{}};
    file.findings = {{Severity::warning, {path, 12, 3}, "message", "hint", "  excerpt", "github"}, {}};
    file.other_types = 7;
    return file;
}

inline LiveEntry sample_row(const std::string& id) {
    LiveEntry row;
    row.remote_id = id;
    row.name = "name " + id;
    row.type = "mcp-server/virtual";
    row.version = "2026-03-01T12:00:00Z";
    row.marker = "prod.tools.1a2b3c4d";
    row.row = sha256("row " + id);
    row.live = sha256("live " + id);
    row.rules = sha256("rules");
    row.masked = true;
    row.paused = true;
    row.virtual_server = true;
    row.sources = {"a", ""};
    return row;
}

} // namespace kedge
