// Everything that can be said about the manifests of one unit without a control plane.
#pragma once
#include "reconcile/desired_state.h"

#include <vector>

namespace kedge {

struct UnitValidation {
    std::vector<Finding> findings;
    int manifests = 0;
};

// All references outlive the task. Throws what the source throws.
Task<UnitValidation> validate_unit(const UnitSettings& settings, const Dialect& dialect, Source& source, Worker& pool);

} // namespace kedge
