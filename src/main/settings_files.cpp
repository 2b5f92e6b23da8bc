#include "main/settings_files.h"

#include "main/settings.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace kedge {

namespace {

namespace files = std::filesystem;

constexpr std::size_t most_files = 1000;
constexpr std::uintmax_t most_bytes = 1 << 20;

bool is_settings_name(const files::path& path) {
    const auto name = path.filename().string();
    return !name.starts_with('.') && (path.extension() == ".yaml" || path.extension() == ".yml");
}

} // namespace

std::optional<SettingsFile> parse_settings_file(const std::string& path, const std::string& text,
                                                std::vector<Finding>& findings) {
    auto file = parse_yaml(path, text);
    const bool broken = has_errors(file.findings);
    findings.insert(findings.end(), file.findings.begin(), file.findings.end());
    if (broken) return std::nullopt;
    if (file.documents.size() != 1 || file.documents.front().empty) {
        Finding finding;
        finding.place = {path, 1, 1};
        finding.message = "the settings must be one YAML document";
        findings.push_back(std::move(finding));
        return std::nullopt;
    }
    return SettingsFile{path, text, std::move(file.documents.front())};
}

SettingsFolder read_settings_folder(const std::string& folder) {
    SettingsFolder result;
    std::error_code error;
    std::vector<files::path> paths;
    for (files::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        if (is_settings_name(entry->path())) paths.push_back(entry->path());
    }
    if (error) {
        result.problem = "the folder \"" + folder + "\" cannot be read: " + error.message();
        return result;
    }
    if (paths.size() > most_files) {
        result.problem = "the folder \"" + folder + "\" holds more than " + std::to_string(most_files) + " files";
        return result;
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
        const auto size = files::file_size(path, error);
        std::ifstream file(path, std::ios::binary);
        if (error || !file || size > most_bytes) {
            result.problem = "\"" + path.string() + "\" " +
                             (error || !file ? "cannot be read" : "is larger than 1 MiB, which no settings are");
            result.files.clear();
            return result;
        }
        result.files.push_back({path.string(), {std::istreambuf_iterator<char>(file), {}}});
    }
    return result;
}

} // namespace kedge
