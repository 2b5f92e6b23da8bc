#include "tests/house/source_tree.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace kedge::house {

namespace {

namespace fs = std::filesystem;

// What git ignores, and what other programs leave behind.
constexpr std::array<std::string_view, 7> kNotOurs{".git",        "build",   ".cache", "results",
                                                   "__pycache__", ".vscode", ".idea"};

bool binary(const std::string& text) {
    return text.find('\0') != std::string::npos;
}

void blank(std::string& text, std::size_t from, std::size_t to) {
    for (std::size_t at = from; at < to && at < text.size(); ++at) {
        if (text[at] != '\n') text[at] = ' ';
    }
}

bool word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::size_t end_of_line(std::string_view text, std::size_t at) {
    while (true) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (end == text.size() || end == 0 || text[end - 1] != '\\') return end;
        at = end + 1; // a continued line
    }
}

std::size_t end_of_quoted(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (++at; at < text.size() && text[at] != quote; ++at) {
        if (text[at] == '\\') ++at;
    }
    return std::min(at + 1, text.size());
}

std::size_t end_of_raw(std::string_view text, std::size_t quote) {
    const std::size_t open = text.find('(', quote);
    if (open == std::string_view::npos) return text.size();
    const std::string close = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
    const std::size_t end = text.find(close, open);
    return end == std::string_view::npos ? text.size() : end + close.size();
}

// The end of the comment, literal or preprocessor line that starts here; the same position when none does.
std::size_t end_of_noise(std::string_view text, std::size_t at, bool line_start) {
    const char c = text[at];
    const std::string_view two = text.substr(at, 2);
    if (two == "//" || (c == '#' && line_start)) return end_of_line(text, at);
    if (two == "/*") {
        const std::size_t end = text.find("*/", at + 2);
        return end == std::string_view::npos ? text.size() : end + 2;
    }
    if (c == '"') return at > 0 && text[at - 1] == 'R' ? end_of_raw(text, at) : end_of_quoted(text, at);
    if (c == '\'' && (at == 0 || !word_character(text[at - 1]))) return end_of_quoted(text, at); // not 1'000
    return at;
}

} // namespace

std::vector<SourceFile> read_tree(const std::string& root) {
    std::vector<SourceFile> files;
    for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
        const std::string name = it->path().filename().string();
        if (std::find(kNotOurs.begin(), kNotOurs.end(), name) != kNotOurs.end()) {
            if (it->is_directory()) it.disable_recursion_pending();
            continue;
        }
        if (!it->is_regular_file() || it->is_symlink()) continue;
        std::ifstream in(it->path(), std::ios::binary);
        SourceFile file{fs::relative(it->path(), root).generic_string(),
                        std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>())};
        if (!binary(file.text)) files.push_back(std::move(file));
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
}

bool is_header(std::string_view path) {
    return path.ends_with(".h");
}
bool is_cpp(std::string_view path) {
    return path.ends_with(".cpp") || is_header(path);
}

bool under(std::string_view path, std::string_view folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::string_view room_of(std::string_view path) {
    if (under(path, "sandbox")) return "sandbox";
    if (!under(path, "src")) return {};
    const std::string_view rest = path.substr(4);
    const std::size_t slash = rest.find('/');
    return slash == std::string_view::npos ? std::string_view{} : rest.substr(0, slash);
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string only_code(std::string_view text) {
    std::string code(text);
    bool line_start = true;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = end_of_noise(text, at, line_start);
        if (end > at) {
            blank(code, at, end);
            at = end;
            line_start = false;
            continue;
        }
        line_start = text[at] == '\n' || (line_start && (text[at] == ' ' || text[at] == '\t'));
        ++at;
    }
    return code;
}

std::string describe(const std::vector<Violation>& violations) {
    std::string text;
    for (const Violation& violation : violations) {
        text += violation.path + (violation.line > 0 ? ":" + std::to_string(violation.line) : "") + ": " +
                violation.rule + ": " + violation.says + "\n";
    }
    return text;
}

} // namespace kedge::house
