// What happens in a random world between two passes.
#include "model/marker.h"
#include "plan/groups.h"
#include "plan/release.h"
#include "tests/contract/random_world.h"

#include <algorithm>

namespace kedge {

void RandomWorld::step() {
    for (int i = dice_.between(1, 3); i > 0; --i) {
        switch (dice_.below(16)) {
        case 0:
        case 1:
        case 2:
        case 3:
            tell(git_.commit());
            break;
        case 4:
        case 5:
        case 6:
            drift();
            break;
        case 7:
        case 8:
            sign_in();
            break;
        case 9:
        case 10:
            release_something();
            break;
        case 11:
            rotate();
            break;
        case 12:
            choose_selection();
            restart();
            break;
        case 13:
            if (dice_.one_in(3)) lose_ledger();
            break;
        case 14:
            world_.clock.advance(Milliseconds(dice_.pick(std::vector<int>{1000, 61000, 700000, 4000000, 90000000})));
            break;
        default:
            add_foreign();
        }
    }
}

void RandomWorld::drift() {
    const auto& all = world_.plane.registry().in_order();
    if (all.empty()) return add_foreign();
    auto& server = *dice_.pick(all);
    const auto id = server.id;
    drift_one(server);
    watch_.touched(id);
}

void RandomWorld::drift_one(sandbox::Server& server) {
    const auto name = server.name;
    switch (dice_.below(8)) {
    case 0:
        tell("by hand: delete " + name);
        world_.plane.registry().remove(server);
        break;
    case 1: {
        auto copy = server.document();
        copy["name"] = "copy-" + std::to_string(++numbers_);
        tell("by hand: copy " + name + " with its tags");
        register_by_hand(copy);
        break;
    }
    case 2: {
        auto again = server.document();
        if (dice_.one_in(2)) again.erase("tags");
        tell("by hand: register " + name + " anew" + (again.contains("tags") ? "" : " without tags"));
        world_.plane.registry().remove(server);
        register_by_hand(again);
        break;
    }
    case 3: {
        const bool paused = server.document().value("tags", Json::object()).contains("kedge-pause");
        tell("by hand: " + std::string(paused ? "resume " : "pause ") + name);
        world_.edit_live(name, {{"tags", {{"kedge-pause", paused ? Json() : Json("please")}}}});
        break;
    }
    case 4:
        tell("by hand: take the marker off " + name);
        world_.edit_live(name, {{"tags", {{"kedge", nullptr}}}});
        break;
    default:
        const auto patch = maker_.patch_by_hand();
        tell("by hand: " + name + " " + patch.begin().key());
        world_.edit_live(name, patch);
    }
}

// All under one person's name: what a control plane makes of a manifest must follow from the manifest.
void RandomWorld::register_by_hand(const Json& document) {
    world_.add_live(document);
    auto& server = *world_.plane.registry().in_order().back();
    server.creator_slug = sandbox::person_of(sandbox::Role::writer, world_.plane.tenant()).slug;
    watch_.touched(server.id);
}

// Others register servers too: under names of their own, and sometimes under one that git uses or will use.
void RandomWorld::add_foreign() {
    const bool own = dice_.one_in(2);
    const auto name = own ? "theirs-" + std::to_string(dice_.between(1, 2)) : dice_.pick(git_.pool());
    if (world_.plane.registry().by_name(name) != nullptr) return;
    const auto in_git = git_.good();
    const bool equal = in_git.contains(name) && dice_.one_in(2);
    auto document = equal ? in_git.at(name) : maker_.manifest(name, {"srv-a", "srv-b"});
    document.erase("x-kedge");
    if (dice_.one_in(4)) document["tags"]["kedge"] = make_marker("other", "tools", name);
    tell("others register " + name + (equal ? ", as git has it" : ""));
    register_by_hand(document);
}

void RandomWorld::sign_in() {
    std::vector<sandbox::Server*> able;
    for (auto* server : world_.plane.registry().in_order()) {
        if (server->document().contains("auth_data")) able.push_back(server);
    }
    if (able.empty()) return;
    auto& server = *dice_.pick(able);
    sandbox::AuthRecord record;
    record.subject_id = "person-" + std::to_string(++numbers_);
    record.subject_type = "user";
    record.source = server.document()["auth_data"]["type"] == "oauth2" ? "oauth" : "auth-override";
    record.value = maker_.secret();
    record.updated_by = "{}";
    tell("sign in at " + server.name);
    server.auth.push_back(std::move(record));
    world_.plane.refresh(server);
}

// Somebody says yes to what was held last, or to something of the past.
void RandomWorld::release_something() {
    const auto& plan = last_plan_;
    if (!plan.groups.empty() && dice_.one_in(2)) {
        const auto& group = dice_.pick(plan.groups);
        auto line = release_line(group);
        line.replace(line.find("WHY"), 3, "yes " + std::to_string(++numbers_));
        world_.source.set(".kedge/releases", world_.source.files[".kedge/releases"] + line + "\n");
        tell("release group " + group.name);
        return;
    }
    if (plan.changes.empty()) return;
    const auto& change = dice_.pick(plan.changes);
    const int at_most = dice_.one_in(2) ? dice_.between(1, 3) : 0;
    tell("release " + change.name + " at most " + std::to_string(at_most));
    world_.release(change, "yes " + std::to_string(++numbers_), at_most);
    watch_.released(change.digest, at_most);
}

void RandomWorld::rotate() {
    environment_["TOKEN_A"] = maker_.secret();
    world_.secrets = SecretStore({"env:TOKEN_*"}, environment_, Secret("a key of the tests"));
    tell("rotate TOKEN_A");
}

void RandomWorld::lose_ledger() {
    tell("the ledger is lost");
    run_to_end(world_.loop, world_.ledger.drop(world_.unit->ledger_key()));
    watch_.ledger_lost();
    restart();
}

// Mostly all of the unit; sometimes one name, or all that has a letter in it.
void RandomWorld::choose_selection() {
    auto& selection = world_.settings.selection;
    selection = {};
    if (!dice_.one_in(3)) return;
    const auto name = dice_.pick(git_.pool());
    selection.names = {dice_.one_in(2) ? name : "*" + name.substr(name.size() - 1)};
    tell("only " + selection.names.front());
}

void RandomWorld::restart() {
    dead_ = false;
    requests_left_ = -1;
    if (dice_.one_in(2)) memo_.forget();
    tell("restart");
    start_daemon();
}

} // namespace kedge
