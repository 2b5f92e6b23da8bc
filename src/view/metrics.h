// What kedge counts, as Prometheus reads it (text format 0.0.4). Every metric is named even where it has no rows yet.
#pragma once
#include "model/counters.h"
#include "model/unit_status.h"

#include <string>
#include <vector>

namespace kedge {

std::string metrics_text(const Counters& counters, const std::vector<UnitStatus>& units, const std::string& version);

} // namespace kedge
