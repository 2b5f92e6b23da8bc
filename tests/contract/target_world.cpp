#include "tests/contract/target_world.h"

#include <algorithm>

namespace kedge {

TargetWorld::TargetWorld(std::unique_ptr<Plane> p) : plane(std::move(p)) {
    settings.us = {"prod", "tools"};
    settings.target = "here";
    settings.target_url = "https://here.example.com";
    settings.seal_key = Secret("a key of the tests");
    settings.version = "test";
    source.set(".kedge/releases", "");
    restart();
}

void TargetWorld::restart() {
    const UnitParts parts{source, plane->provider(), ledger, memo, secrets, clock, pool};
    unit = std::make_unique<Unit>(settings, parts);
}

Look TargetWorld::look() {
    return run_to_end(loop, unit->look());
}

Report TargetWorld::apply() {
    auto seen = look();
    return run_to_end(loop, unit->act(std::move(seen), {}, {}));
}

Report TargetWorld::converge() {
    Report report;
    for (int pass = 0; pass < 6; ++pass) {
        report = apply();
        const bool done = std::any_of(report.outcomes.begin(), report.outcomes.end(),
                                      [](const Outcome& outcome) { return outcome.result == Result::done; });
        if (!done) break;
    }
    return report;
}

void TargetWorld::declare(const std::string& name, const Json& patch) {
    source.set(name + ".yaml", manifest_of(name, patch).dump()); // JSON is YAML
}

void TargetWorld::release(const Change& change) {
    auto text = source.files[".kedge/releases"];
    text += "- digest: " + change.digest.hex() + "\n  name: " + change.name + "\n  because: yes number " +
            std::to_string(++releases_) + "\n";
    source.set(".kedge/releases", text);
}

int TargetWorld::release_all(const std::vector<HoldReason>& reasons) {
    int released = 0;
    for (const auto& change : plan().changes) {
        const bool wanted = std::any_of(change.holds.begin(), change.holds.end(), [&](const Hold& hold) {
            return std::find(reasons.begin(), reasons.end(), hold.reason) != reasons.end();
        });
        if (!wanted) continue;
        release(change);
        ++released;
    }
    return released;
}

LedgerState TargetWorld::known() {
    return run_to_end(loop, ledger.load(unit->ledger_key()));
}

Json manifest_of(const std::string& name, const Json& patch) {
    Json manifest{{"type", "mcp-server/remote"},
                  {"name", name},
                  {"description", "Tools of " + name},
                  {"url", "https://" + name + ".example.com/mcp"},
                  {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}};
    manifest.merge_patch(patch);
    return manifest;
}

} // namespace kedge
