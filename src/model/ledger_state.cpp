#include "model/ledger_state.h"

#include <algorithm>

namespace kedge {

bool lets_go_of_name(OwnedEntry& entry, const std::string& remote_id) {
    auto& old = entry.superseded;
    if (const auto found = std::find(old.begin(), old.end(), remote_id); found != old.end()) {
        old.erase(found);
        return false;
    }
    if (!remote_id.empty() && !entry.remote_id.empty() && entry.remote_id != remote_id) return false;
    if (old.empty()) return true;
    entry.remote_id = old.back();
    old.pop_back();
    entry.sent = entry.answered = Digest{};
    return false;
}

} // namespace kedge
