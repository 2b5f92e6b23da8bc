#include "source/file_findings.h"

#include "source/names.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

Finding at(std::string path, Severity severity, std::string message, std::string hint) {
    Finding finding;
    finding.severity = severity;
    finding.place.file = std::move(path);
    finding.message = std::move(message);
    finding.hint = std::move(hint);
    return finding;
}

} // namespace

std::string join_path(std::string_view folder, std::string_view name) {
    std::string path(folder);
    if (!path.empty()) path += '/';
    path += name;
    return path;
}

Finding symlink_finding(const std::string& path, bool listed, std::string_view target) {
    std::string hint = "links are not followed: commit the file itself";
    if (target.starts_with("..data")) {
        hint = "links are not followed: for a mounted ConfigMap or Secret let the source's path end with \"..data\"";
    }
    return at(path, listed ? Severity::error : Severity::warning, "is a symbolic link and is not read",
              std::move(hint));
}

Finding submodule_finding(const std::string& path) {
    return at(path, Severity::warning, "is a submodule and is not read",
              "make the submodule's repository a source of its own");
}

Finding special_file_finding(const std::string& path, const std::string& what) {
    return at(path, Severity::error, "is " + what + " and is not read", "make it a regular file");
}

Finding bad_name_finding(std::string_view folder, std::string_view name, const std::string& problem) {
    return at(shown_name(join_path(folder, name)), Severity::error, "the name " + problem + " and is not read",
              "rename it");
}

Finding too_large_finding(const std::string& path, std::uint64_t size, const FileLimits& limits) {
    return at(path, Severity::error,
              "has " + std::to_string(size) + " bytes, more than the " + std::to_string(limits.most_file_bytes) +
                  " a manifest file may have",
              "split it, or list it in .kedgeignore");
}

Finding too_deep_finding(const std::string& path, const FileLimits& limits) {
    return at(path, Severity::error,
              "lies more than " + std::to_string(limits.most_folders_deep) + " folders deep and is not read",
              "move it up, or list it in .kedgeignore");
}

Finding unreadable_finding(const std::string& path, const std::string& cause) {
    return at(path, Severity::error, "cannot be read: " + cause, "let kedge's user read it");
}

std::vector<Finding> bounded_findings(std::vector<Finding> findings) {
    constexpr std::size_t most_warnings = 50;
    const auto by_place = [](const Finding& a, const Finding& b) { return a.place < b.place; };
    std::stable_sort(findings.begin(), findings.end(), by_place);
    std::vector<Finding> kept;
    std::size_t warnings = 0;
    for (auto& finding : findings) {
        if (finding.severity == Severity::warning && ++warnings > most_warnings) continue;
        kept.push_back(std::move(finding));
    }
    if (warnings > most_warnings) {
        const auto more = std::to_string(warnings - most_warnings);
        kept.push_back(at("", Severity::warning, more + " more entries are not read", "list them in .kedgeignore"));
    }
    return kept;
}

} // namespace kedge
