#include "main/validation.h"

#include "manifest/references.h"

#include <set>

namespace kedge {

Task<UnitValidation> validate_unit(const UnitSettings& settings, const Dialect& dialect, Source& source, Worker& pool) {
    DesiredState desired(settings, dialect, source, pool);
    const std::set<std::string> never_held;
    co_await desired.refresh(never_held, nullptr);
    UnitValidation result;
    result.findings = desired.findings();
    const auto entries = desired.entries();
    // A source that is not in git may well be live: only a plan can tell, so this is a warning.
    auto across = cross_check(entries, nullptr);
    co_await desired.point_at(across);
    result.findings.insert(result.findings.end(), across.findings.begin(), across.findings.end());
    for (const auto& entry : entries) result.manifests += across.invalid.contains(entry.entry->name) ? 0 : 1;
    co_return result;
}

} // namespace kedge
