// Short ways to read a text in a test.
#pragma once
#include "manifest/load.h"
#include "manifest/yaml.h"

#include <string>
#include <vector>

namespace kedge {

// "line:column message" and, after " | ", the hint.
inline std::string line_of(const Finding& finding) {
    std::string text = finding.severity == Severity::warning ? "warning " : "";
    text += std::to_string(finding.place.line) + ":" + std::to_string(finding.place.column) + " " + finding.message;
    return finding.hint.empty() ? text : text + " | " + finding.hint;
}

inline std::vector<std::string> lines_of(const std::vector<Finding>& findings) {
    std::vector<std::string> lines;
    for (const auto& finding : findings) lines.push_back(line_of(finding));
    return lines;
}

inline std::vector<std::string> yaml_problems(const std::string& text, const YamlLimits& limits = {}) {
    return lines_of(parse_yaml("a.yaml", text, limits).findings);
}

inline Json yaml_value(const std::string& text) {
    const auto file = parse_yaml("a.yaml", text);
    return file.documents.empty() || !file.findings.empty() ? Json("not read") : file.documents.front().value;
}

inline const std::string minimal = "type: mcp-server/remote\n"
                                   "name: github\n"
                                   "description: d\n"
                                   "url: https://mcp.example.com/mcp\n"
                                   "collaborators: []\n";

inline LoadContext all_secrets() {
    LoadContext context;
    context.secret_allowed = [](const std::string&, const std::string&) { return true; };
    return context;
}

inline LoadedFile load(const std::string& text, const LoadContext& context = all_secrets()) {
    return load_file("a.yaml", text, context);
}

inline std::vector<std::string> load_problems(const std::string& text, const LoadContext& context = all_secrets()) {
    return lines_of(load(text, context).findings);
}

} // namespace kedge
