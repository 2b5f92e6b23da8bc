#include "world.h"

#include <algorithm>
#include <stdexcept>

namespace kedge {

Json remote(const std::string& name, const Json& with) {
    Json document = {{"type", "mcp-server/remote"},
                     {"name", name},
                     {"description", "tools"},
                     {"url", "https://tools.example/mcp"},
                     {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}};
    document.merge_patch(with);
    return document;
}

Json virtual_server(const std::string& name, const std::vector<std::string>& sources) {
    Json servers = Json::array();
    for (const auto& source : sources) servers.push_back({{"name", source}});
    return {{"type", "mcp-server/virtual"}, {"name", name}, {"description", "several"}, {"servers", servers}};
}

Json oauth(const std::string& token_url) {
    return {{"auth_data", {{"type", "oauth2"}, {"grant_type", "authorization_code"}, {"token_url", token_url}}}};
}

Json header(const Json& value, const std::string& level) {
    Json auth = {{"type", "header"}, {"headers", {{"Authorization", value}}}};
    if (level != "global") auth["auth_level"] = level;
    return {{"auth_data", auth}};
}

World::World() {
    description.dialect = "truefoundry";
    auto& can = description.can;
    can.list = can.list_has_total = can.list_rows_complete = can.get = can.find_by_name = can.rehearse = true;
    can.names_unique = can.tags = can.subjects = can.remove = can.acknowledges_sign_out = true;
    description.rules.ignore_unless_set = {"ownedBy"};
    description.rules.auth = {"auth_data"};
    description.rules.exact = {"url", "auth_data.type", "name", "enabled"};
    description.type_order = {"mcp-server/remote", "mcp-server/openapi", "mcp-server/virtual"};
    revision.id = "c0ffee";
    ledger.pins.tenant = target.key();
}

CompareRules World::rules_of(const std::string& name) const {
    auto rules = description.rules;
    const auto own = own_rules.find(name);
    if (own != own_rules.end()) {
        rules.ignore = own->second.ignore;
        rules.keep = own->second.keep;
    }
    return rules;
}

Digest digest_in_world(const Json& document, const CompareRules& rules) {
    return document_digest(comparable(document, rules, seal_key));
}

Digest World::digest(const Json& document, const std::string& name) const {
    return digest_in_world(document, rules_of(name));
}

IndexEntry& World::in_git(const Json& document, const std::string& path) {
    const std::string name = document.at("name");
    manifests[name] = document;
    auto& file = files.emplace_back();
    file.path = path.empty() ? name + ".yaml" : path;
    file.blob_id = "blob-" + name;
    auto& entry = file.entries.emplace_back();
    entry.name = name;
    entry.type = document.at("type");
    entry.line = 1;
    for (const auto& source : document.value("servers", Json::array())) entry.sources.push_back(source.at("name"));
    return entry;
}

LiveEntry& World::is_live(const Json& document) {
    auto& entry = live.emplace_back();
    entry.name = document.at("name");
    entry.type = document.at("type");
    entry.remote_id = "id-" + entry.name;
    entry.version = "v1";
    entry.virtual_server = entry.type == "mcp-server/virtual";
    for (const auto& source : document.value("servers", Json::array())) entry.sources.push_back(source.at("name"));
    documents[entry.remote_id] = document;
    return entry;
}

LiveEntry& World::is_live(const Json& document, const std::string& installation, const std::string& unit) {
    auto& entry = is_live(document);
    entry.marker = make_marker(installation, unit, entry.name);
    return entry;
}

OwnedEntry& World::is_ours(const Json& document, const std::string& path) {
    const auto& live_entry = is_live(document, us.installation, us.unit);
    const auto& entry = in_git(document, path);
    auto& owned = ledger.owned[entry.name];
    owned.name = entry.name;
    owned.type = entry.type;
    owned.remote_id = live_entry.remote_id;
    owned.path = path.empty() ? entry.name + ".yaml" : path;
    owned.sent = digest(document, entry.name);
    owned.answered = owned.sent;
    owned.version = live_entry.version;
    owned.declared = now - 1000;
    owned.marked = true;
    return owned;
}

void World::remove_from_git(const std::string& name) {
    manifests.erase(name);
    std::erase_if(files, [&](const FileIndex& file) { return file.entries.front().name == name; });
}

void World::edit_live(const Json& document) {
    documents["id-" + document.at("name").get<std::string>()] = document;
}

void World::gone_live(const std::string& name) {
    std::erase_if(live, [&](const LiveEntry& entry) { return entry.name == name; });
}

void World::edit_git(const Json& document) {
    const std::string name = document.at("name");
    manifests[name] = document;
    for (auto& file : files) {
        auto& entry = file.entries.front();
        if (entry.name == name) entry.type = document.at("type");
    }
}

void World::release(const Change& change, int at_most) {
    Release entry;
    entry.digest = change.digest;
    entry.name = change.name;
    entry.because = "somebody said so";
    entry.at_most = at_most;
    releases.push_back(entry);
}

void World::becomes_stranger() {
    us = {};
    ledger = {};
    ledger.is_new = true;
}

void World::collect() {
    desired.clear();
    for (auto& file : files) {
        auto& entry = file.entries.front();
        entry.desired = digest(manifests.at(entry.name), entry.name);
        entry.rules = own_rules_digest(rules_of(entry.name));
        desired.push_back({&file, &entry});
    }
    std::sort(desired.begin(), desired.end(),
              [](const DesiredEntry& a, const DesiredEntry& b) { return a.entry->name < b.entry->name; });
    for (auto& entry : live) {
        entry.live = digest(documents.at(entry.remote_id), entry.name);
        entry.rules = own_rules_digest(rules_of(entry.name));
    }
}

Compared World::compared(const Candidate& candidate) {
    Compared pair;
    pair.candidate = candidate;
    const bool both = candidate.desired != nullptr && candidate.live != nullptr;
    const auto& name = candidate.desired != nullptr ? candidate.desired->entry->name : candidate.live->name;
    const Json& one = candidate.desired != nullptr ? manifests.at(name) : documents.at(candidate.live->remote_id);
    pair.nameless = nameless_digest(rules_of(name), one);
    pair.url = one.value("url", "");
    if (both) pair.comparison = compare(one, documents.at(candidate.live->remote_id), rules_of(name), {});
    if (candidate.rotated) pair.fingerprint = "a new fingerprint";
    return pair;
}

Matched World::match_all() {
    collect();
    return match({desired, live, ledger, us, description, verdicts, rotated, elsewhere});
}

Planned World::plan() {
    matched_ = match_all();
    PlanInput input{.us = us,
                    .target = target,
                    .description = description,
                    .revision = revision,
                    .ledger = ledger,
                    .compared = {},
                    .matched = matched_,
                    .desired = desired,
                    .live = live,
                    .findings = findings,
                    .invalid_names = invalid_names,
                    .invalid_paths = invalid_paths,
                    .releases = releases,
                    .causes = causes,
                    .prune = prune,
                    .prune_delay = prune_delay,
                    .on_invalid_stop = on_invalid_stop,
                    .sibling_problem = sibling_problem,
                    .now = now,
                    .counts = {},
                    .elsewhere = elsewhere,
                    .limits = limits,
                    .rules_moved = rules_moved,
                    .require_preview = require_preview,
                    .reviewed = std::make_shared<const std::vector<ReviewedChange>>(reviewed)};
    for (const auto& candidate : matched_.candidates) input.compared.push_back(compared(candidate));
    return make_plan(std::move(input));
}

const Change* find(const Plan& plan, const std::string& name) {
    for (const auto& change : plan.changes) {
        if (change.name == name) return &change;
    }
    return nullptr;
}

const Change& change_of(const Plan& plan, const std::string& name) {
    const auto* change = find(plan, name);
    if (change == nullptr) throw std::runtime_error("no change of " + name);
    return *change;
}

std::vector<HoldReason> reasons(const Change& change) {
    std::vector<HoldReason> all;
    for (const auto& hold : change.holds) all.push_back(hold.reason);
    return all;
}

std::vector<std::string> names(const Plan& plan) {
    std::vector<std::string> all;
    for (const auto& change : plan.changes) all.push_back(std::string(to_text(change.action)) + " " + change.name);
    return all;
}

Rehearsal rehearsal(Rehearsal::Kind kind, std::optional<int> subjects) {
    Rehearsal answer;
    answer.kind = kind;
    answer.subjects = subjects;
    return answer;
}

} // namespace kedge
