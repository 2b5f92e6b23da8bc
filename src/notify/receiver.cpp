#include "notify/receiver.h"

#include "base/glob.h"

#include <algorithm>

namespace kedge {

bool wants(const Receiver& receiver, const Notice& notice) {
    if (notice.severity < receiver.least) return false;
    const auto& topics = receiver.topics;
    const auto asked = [&](Topic topic) { return topics.contains(topic); };
    if (!topics.empty() && std::none_of(notice.topics.begin(), notice.topics.end(), asked)) return false;
    if (receiver.units.empty()) return true;
    if (notice.unit.empty()) return notice.topics.contains(Topic::stoppages);
    const auto fits = [&](const std::string& glob) { return glob_match(glob, notice.unit); };
    return std::any_of(receiver.units.begin(), receiver.units.end(), fits);
}

} // namespace kedge
