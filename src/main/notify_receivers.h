// The receivers of the settings as the notifier wants them, and the clients that reach them.
#pragma once
#include "io/secret_store.h"
#include "io/stop.h"
#include "main/settings.h"
#include "main/wiring.h"
#include "notify/lane.h"

#include <vector>

namespace kedge {

// `secrets`: kedge's own credentials; it outlives the receivers, whose values are read anew before each attempt.
std::vector<Receiver> make_receivers(const Settings& settings, const SecretStore& secrets);

// Clients that give an attempt up after half a minute. Both arguments outlive them.
ClientFactory notify_clients(const Environment& environment, Stop* stop);

} // namespace kedge
