// What the tests of apply share: a plan carried out against a scripted provider and a ledger in memory.
#pragma once
#include "apply/execute.h"

#include "fake_provider.h"
#include "io/run.h"
#include "store/memory_ledger.h"

#include <gtest/gtest.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace kedge {

inline Change change_of(Action action, const std::string& name) {
    Change change;
    change.action = action;
    change.name = name;
    change.type = "mcp-server/remote";
    change.digest = sha256("change " + name);
    if (action != Action::remove) change.desired = sha256("desired " + name);
    if (action != Action::create) {
        change.remote_id = "id-" + name;
        change.live = sha256("live " + name);
        change.live_version = "v1";
    }
    return change;
}

class Executing : public testing::Test {
protected:
    Report run(std::vector<Change> changes) {
        ExecuteContext context(provider, ledger, clock, key);
        context.documents = [](std::vector<const Change*> wanted) -> Task<std::map<std::string, Sendable>> {
            std::map<std::string, Sendable> sendables;
            for (const auto* change : wanted) {
                Sendable sendable;
                sendable.document = Json{{"name", change->name}};
                sendable.path = change->name + ".yaml";
                sendable.marked = true;
                sendables.emplace(change->name, std::move(sendable));
            }
            co_return sendables;
        };
        context.live_digest = [](const LiveDocument& live) {
            return sha256("live " + live.name + (live.document.is_null() ? "" : live.document.dump()));
        };
        if (force_up_to > 0) context.sign_out = {SignOut::always, force_up_to};
        context.answered = [](const Change&, const Json&, const LiveDocument& live) {
            return Answered{sha256("live " + live.name), "{\"name\":\"" + live.name + "\"}"};
        };
        context.keep_going = [this] { return static_cast<int>(provider.asked.size()) < stop_after; };
        context.fresh_for = Milliseconds(30000);
        context.listed_at = listed_at;
        Plan plan;
        plan.changes = std::move(changes);
        return run_to_end(loop, execute(context, std::move(plan)));
    }
    LedgerState state() { return run_to_end(loop, ledger.load(key)); }
    static Result result_of(const Report& report, const std::string& name) {
        for (const auto& outcome : report.outcomes) {
            if (outcome.change.name == name) return outcome.result;
        }
        ADD_FAILURE() << "no outcome for " << name;
        return Result::not_started;
    }

    int count(OperationKind kind) const {
        int count = 0;
        for (const auto& operation : provider.asked) count += operation.kind == kind ? 1 : 0;
        return count;
    }

    EventLoop loop;
    FakeProvider provider;
    MemoryLedger ledger;
    ManualClock clock;
    LedgerKey key{"prod", "tools", "tfy"};
    int force_up_to = -1;
    int stop_after = 1000000;
    Milliseconds listed_at{0};
};

inline Answer refusal(RefusalKind kind) {
    Refused refused;
    refused.kind = kind;
    refused.text = "HTTP 400";
    refused.theirs = "url must be a URL";
    return refused;
}

} // namespace kedge
