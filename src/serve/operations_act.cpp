// The commands: what people tell the daemon to do.
#include "base/failure.h"
#include "serve/fields.h"
#include "serve/operations.h"
#include "view/json_status.h"

#include <algorithm>

namespace kedge {

namespace {

Reply reply_to(const CommandAnswer& answer) {
    using enum CommandAnswer::Result;
    switch (answer.result) {
    case done:
        return json_answer(answered_json("done", answer.text).dump());
    case unchanged:
        return json_answer(answered_json("unchanged", answer.text).dump());
    case not_found:
        return Problem{404, "not-found", answer.text};
    case refused:
        return Problem{409, "refused", answer.text};
    case invalid:
        break;
    }
    return Problem{422, "invalid", answer.text};
}

Problem name_your_units(const char* hint) {
    return {403, "forbidden", std::string("you may act on some units only: ") + hint};
}

} // namespace

Task<Reply> Operations::perform(Call call, Command command) {
    std::string by = call.caller.name;
    const CommandAnswer answer = co_await parts_.daemon.perform(std::move(command), std::move(by));
    co_return reply_to(answer);
}

Task<Reply> Operations::sync(Call call) {
    if (!call.parameter.empty() || !call.caller.is_limited()) {
        Command command = SyncNow{call.parameter};
        co_return co_await perform(std::move(call), std::move(command));
    }
    CommandAnswer last{CommandAnswer::Result::unchanged, "there is no unit that you may see"};
    const auto units = visible_units(call.caller);
    for (const auto& unit : units) {
        Command command = SyncNow{unit};
        std::string by = call.caller.name;
        last = co_await parts_.daemon.perform(std::move(command), std::move(by));
    }
    if (units.size() > 1) last.text = std::to_string(units.size()) + " units: " + last.text;
    co_return reply_to(last);
}

Task<Reply> Operations::pause(Call call) {
    PauseUnit pause;
    pause.unit = call.parameter;
    pause.resource = text_in(call.body, "resource");
    pause.because = text_in(call.body, "because");
    pause.until = time_in(call.body, "until");
    Command command = std::move(pause);
    co_return co_await perform(std::move(call), std::move(command));
}

Task<Reply> Operations::resume(Call call) {
    ResumeUnit resume;
    resume.unit = call.parameter;
    resume.resource = text_in(call.body, "resource");
    Command command = std::move(resume);
    co_return co_await perform(std::move(call), std::move(command));
}

Task<Reply> Operations::freeze(Call call) {
    Freeze freeze;
    freeze.name = text_in(call.body, "name");
    freeze.units = names_in(call.body, "units");
    freeze.because = text_in(call.body, "because");
    freeze.until = time_in(call.body, "until");
    if (call.caller.is_limited() && freeze.units.empty()) co_return name_your_units("name them in \"units\"");
    for (const auto& unit : freeze.units) {
        if (!call.caller.may_see(unit)) co_return Problem{404, "unknown-unit", "there is no unit \"" + unit + "\""};
    }
    Command command = std::move(freeze);
    co_return co_await perform(std::move(call), std::move(command));
}

Task<Reply> Operations::unfreeze(Call call) {
    if (call.caller.is_limited()) {
        bool mine = false;
        for (const auto& status : parts_.daemon.board().units()) {
            for (const auto& stoppage : status.stoppages) {
                if (stoppage.kind != StoppageKind::freeze || stoppage.name != call.parameter) continue;
                mine = !stoppage.units.empty() &&
                       std::all_of(stoppage.units.begin(), stoppage.units.end(),
                                   [&](const std::string& unit) { return call.caller.may_see(unit); });
            }
        }
        if (!mine) co_return Problem{404, "not-found", "there is no such freeze of your units alone"};
    }
    Command command = Unfreeze{call.parameter};
    co_return co_await perform(std::move(call), std::move(command));
}

Task<Reply> Operations::release(Call call) {
    ReleaseChange release;
    release.unit = text_in(call.body, "unit");
    release.digest = text_in(call.body, "digest");
    release.because = text_in(call.body, "because");
    release.at_most = static_cast<int>(count_in(call.body, "at_most"));
    if (call.caller.is_limited() && release.unit.empty()) co_return name_your_units("name it in \"unit\"");
    if (!release.unit.empty() && !knows(call.caller, release.unit))
        co_return Problem{404, "unknown-unit", "there is no such unit; `kedge status` lists those that there are"};
    Command command = std::move(release);
    co_return co_await perform(std::move(call), std::move(command));
}

Task<Reply> Operations::rollback(Call call) {
    Rollback rollback;
    rollback.unit = call.parameter;
    rollback.commit = text_in(call.body, "commit");
    rollback.because = text_in(call.body, "because");
    Command command = std::move(rollback);
    co_return co_await perform(std::move(call), std::move(command));
}

} // namespace kedge
