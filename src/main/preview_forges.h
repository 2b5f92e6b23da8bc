// The repositories whose pull requests are previewed, as the settings name them: with what speaks to their forges.
#pragma once
#include "io/clock.h"
#include "io/secret_store.h"
#include "io/stop.h"
#include "main/unit_set.h"
#include "preview/pull_page.h"

#include <memory>
#include <vector>

namespace kedge {

struct ForgeGround {
    Clock& clock;
    Stop* stop = nullptr;
    const Environment& environment;
    std::shared_ptr<const SecretStore> secrets; // kedge's own
};

// Tokens are read when they are needed. Throws Failure where an address cannot be used.
std::vector<std::shared_ptr<const WatchedRepository>> watched_repositories(const Settings& settings,
                                                                           const ForgeGround& ground);

} // namespace kedge
