// What is said about entries of a source folder that are not read: links, submodules, special files, odd names, large
// files.
#pragma once
#include "model/finding.h"
#include "source/file_rules.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge {

// `listed`: the name says manifest, so leaving it out is an error (nothing is pruned then); else only a warning.
Finding symlink_finding(const std::string& path, bool listed, std::string_view target);
Finding submodule_finding(const std::string& path);
Finding special_file_finding(const std::string& path, const std::string& what);
Finding bad_name_finding(std::string_view folder, std::string_view name, const std::string& problem);
Finding too_large_finding(const std::string& path, std::uint64_t size, const FileLimits& limits);
Finding too_deep_finding(const std::string& path, const FileLimits& limits);
Finding unreadable_finding(const std::string& path, const std::string& cause);

// Sorted by place; beyond 50 warnings the rest is counted in one. Errors are all kept.
std::vector<Finding> bounded_findings(std::vector<Finding> findings);

// "a" + "b" -> "a/b"; the root folder is empty.
std::string join_path(std::string_view folder, std::string_view name);

} // namespace kedge
