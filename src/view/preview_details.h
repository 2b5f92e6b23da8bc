// The long part of a preview's comment, in parts that may be left out one by one. For preview_comment.cpp only.
#pragma once
#include "model/preview.h"

#include <functional>
#include <string>
#include <vector>

namespace kedge {

// "`mcp/github.yaml:3`", with a link where there is one.
using PlaceLink = std::function<std::string(const std::string& path, int line)>;

// Each changed registration, folded.
std::vector<std::string> change_parts(const UnitPreview& unit, const PlaceLink& link);
// One line for each finding.
std::vector<std::string> finding_parts(const UnitPreview& unit, Severity level, const PlaceLink& link);
// What else there is to know of a unit, folded or short.
std::vector<std::string> other_parts(const UnitPreview& unit);

} // namespace kedge
