#include "main/standing.h"

#include "base/failure.h"
#include "io/run.h"
#include "reconcile/preview_book.h"

#include <algorithm>
#include <unistd.h>
#include <utility>
#include <vector>

namespace kedge {

namespace {

Task<std::vector<Stoppage>> lasting(Stoppages& standing, Clock& clock) {
    auto all = co_await standing.load();
    const auto now = clock.now();
    std::erase_if(all.stoppages, [now](const Stoppage& stoppage) { return is_over(stoppage, now); });
    co_return std::move(all.stoppages);
}

std::vector<Release> releases_of(const std::vector<CommandRelease>& all, const std::string& unit) {
    std::vector<Release> releases;
    for (const auto& one : all) {
        if (one.unit == unit) releases.push_back(one.release);
    }
    return releases;
}

// As far as the system tells: sudo keeps who it was.
std::string user_of(const Environment& environment) {
    for (const char* name : {"SUDO_USER", "USER", "LOGNAME"}) {
        const auto found = environment.find(name);
        if (found != environment.end() && !found->second.empty()) return "local:" + found->second.substr(0, 64);
    }
    return "local:" + std::to_string(::getuid());
}

// Without them everything that wants a review waits for it.
void take_up_reviews(Runtime& runtime) {
    auto& session = runtime.session();
    const bool wanted = std::any_of(session.units.begin(), session.units.end(), [](const Unit* unit) {
        return unit->settings().require_preview != RequirePreview::none;
    });
    if (!wanted) return;
    try {
        constexpr std::size_t most = 1000;
        const auto merged = run_to_end(session.loop, runtime.previews().with_state(PullState::merged, most));
        for (auto* unit : session.units) unit->set_reviewed(reviewed_of(merged, unit->settings().us.unit));
    } catch (const Failure& failure) {
        session.log.warning("no previews are known", {{"why", failure.what()}});
    }
}

} // namespace

void take_up_standing(Runtime& runtime, const Environment& environment) {
    auto& session = runtime.session();
    auto& standing = runtime.standing();
    session.user = user_of(environment);
    session.stoppages = [&standing, &session] { return lasting(standing, session.clock); };
    session.put_stoppage = [&standing](Stoppage stoppage) { return standing.put(std::move(stoppage)); };
    session.end_stoppage = [&standing](Stoppage stoppage) { return standing.remove(std::move(stoppage)); };
    session.drop_release = [&standing](const Unit& unit, std::string entry) {
        return standing.remove_release(unit.settings().us.unit, std::move(entry));
    };
    const auto stoppages = run_to_end(session.loop, session.stoppages());
    const auto given = run_to_end(session.loop, standing.load()).releases;
    for (auto* unit : session.units) {
        unit->set_stoppages(stoppages);
        unit->set_releases(releases_of(given, unit->settings().us.unit));
    }
    take_up_reviews(runtime);
}

} // namespace kedge
