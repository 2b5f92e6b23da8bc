// The words of our JSON that only JSON uses; `json_view` prints them, `json_schema` lists them.
#pragma once
#include "model/change.h"
#include "model/finding.h"
#include "model/marker.h"

#include <string_view>

namespace kedge {

constexpr int json_format_version = 1;

std::string_view to_text(DifferenceKind kind); // "added", "secret_changed", ...
std::string_view to_text(CauseKind kind);      // "git_moved", ...
std::string_view to_text(CheckKind kind);      // "not_asked", ...
std::string_view to_text(Ownership ownership); // "ours", "foreign", "other_installation"
std::string_view to_text(Severity severity);   // "error", "warning"

} // namespace kedge
