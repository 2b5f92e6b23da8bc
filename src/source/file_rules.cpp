#include "source/file_rules.h"

#include "base/glob.h"
#include "source/source.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

std::string_view last_segment(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool has_segment(std::string_view path, std::string_view wanted) {
    while (true) {
        const auto slash = path.find('/');
        if (path.substr(0, slash) == wanted) return true;
        if (slash == std::string_view::npos) return false;
        path.remove_prefix(slash + 1);
    }
}

bool is_kedge_file(std::string_view path) {
    return path == ".kedge/overrides" || path == ".kedge/releases";
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

} // namespace

bool is_listed_file(const std::string& path) {
    if (is_kedge_file(path)) return true;
    if (has_segment(path, ".git") || has_segment(path, ".kedge")) return false;
    return path.ends_with(".yaml") || path.ends_with(".yml");
}

IgnorePatterns::IgnorePatterns(const std::vector<std::string>& lines) {
    for (std::string line : lines) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.pop_back();
        if (line.empty() || line[0] == '#') continue;
        Pattern pattern;
        if (line[0] == '!') {
            pattern.takes_back = true;
            line.erase(0, 1);
        } else if (line.starts_with("\\#") || line.starts_with("\\!")) {
            line.erase(0, 1);
        }
        if (line.ends_with('/')) {
            pattern.folders_only = true;
            line.pop_back();
        }
        if (line.starts_with('/')) {
            pattern.anchored = true;
            line.erase(0, 1);
        }
        if (line.empty()) continue;
        pattern.anchored = pattern.anchored || line.find('/') != std::string::npos;
        pattern.glob = std::move(line);
        patterns_.push_back(std::move(pattern));
    }
}

bool IgnorePatterns::fits(const Pattern& pattern, std::string_view path) {
    // glob_match tries a pattern without a slash on the last segment too; `/name` must not be tried there.
    const bool one_segment =
        pattern.glob.find('/') == std::string::npos && pattern.glob.find("**") == std::string::npos;
    if (pattern.anchored && one_segment && path.find('/') != std::string_view::npos) return false;
    return glob_match(pattern.glob, path);
}

bool IgnorePatterns::ignores(std::string_view path, bool is_folder) const {
    for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern) {
        if (pattern->folders_only && !is_folder) continue;
        if (fits(*pattern, path)) return !pattern->takes_back;
    }
    return false;
}

FileRules::FileRules(std::vector<std::string> include, const std::vector<std::string>& exclude)
    : include_(std::move(include)), exclude_(exclude) {}

void FileRules::set_ignore_file(std::string_view text) {
    ignore_file_ = IgnorePatterns(lines_of(text));
}

bool FileRules::ignores(std::string_view path, bool is_folder) const {
    if (path == ".kedge" || is_kedge_file(path)) return false; // consents and overrides cannot be hidden
    return exclude_.ignores(path, is_folder) || ignore_file_.ignores(path, is_folder);
}

bool FileRules::skips_folder(const std::string& path) const {
    if (path == ".kedge") return false;
    if (path.starts_with(".kedge/")) return true;
    const auto name = last_segment(path);
    return name == ".git" || name == ".kedge" || ignores(path, true);
}

bool FileRules::lists(const std::string& path) const {
    if (!is_listed_file(path)) return false;
    if (is_kedge_file(path)) return true;
    if (ignores(path, false)) return false;
    const auto fits = [&](const std::string& glob) { return glob_match(glob, path); };
    return include_.empty() || std::any_of(include_.begin(), include_.end(), fits);
}

} // namespace kedge
