// Who wants to be told, and of what: as configured, with the values of secrets behind functions, for files may change.
#pragma once
#include "base/secret.h"
#include "notify/notice.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace kedge {

enum class ReceiverKind { webhook, slack };

struct Receiver {
    std::string name;
    ReceiverKind kind = ReceiverKind::webhook;
    std::function<Secret()> url;    // asked before each attempt; throws Failure where it cannot be had
    std::function<Secret()> secret; // kind webhook: the key of the signature
    std::vector<std::string> units; // globs; empty: all
    EventSeverity least = EventSeverity::info;
    std::set<Topic> topics;      // empty: all
    bool allow_insecure = false; // plain http
};

// What no unit is named in goes to those who listen to all of them; that everything is frozen goes to everybody.
bool wants(const Receiver& receiver, const Notice& notice);

} // namespace kedge
