#include "tests/house/wording_rules.h"

#include <algorithm>
#include <set>

namespace kedge::house {

namespace {

// Cut in two, so that this file does not break its own rule.
const std::vector<std::string>& later_words() {
    static const std::vector<std::string> words{"TO"
                                                "DO",
                                                "FIX"
                                                "ME",
                                                "X"
                                                "XX"};
    return words;
}
const std::vector<std::string>& machine_paths() {
    static const std::vector<std::string> paths{"/wo"
                                                "rk/",
                                                "/ro"
                                                "ot/"};
    return paths;
}

bool word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool holds_word(std::string_view line, std::string_view word) {
    for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
        const bool starts = at == 0 || !word_character(line[at - 1]);
        const std::size_t end = at + word.size();
        if (starts && (end == line.size() || !word_character(line[end]))) return true;
    }
    return false;
}

// A path from the root, not the tail of a longer path or of an address.
bool holds_path(std::string_view line, std::string_view path) {
    for (std::size_t at = line.find(path); at != std::string_view::npos; at = line.find(path, at + 1)) {
        if (at == 0 || !(word_character(line[at - 1]) || line[at - 1] == '.' || line[at - 1] == '}')) return true;
    }
    return false;
}

std::vector<std::string_view> parts_of(std::string_view path) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t slash = path.find('/');
        parts.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return parts;
        path.remove_prefix(slash + 1);
    }
}

bool catch_all(std::string_view name) {
    const std::string_view stem = name.substr(0, name.find('.'));
    static const std::set<std::string_view> names{"util",    "utils", "utility", "utilities", "common", "helper",
                                                  "helpers", "core",  "misc",    "shared",    "stuff"};
    return names.count(stem) > 0;
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

// "docs/a/../b.md" -> "docs/b.md"; a path that climbs out of the repository becomes empty.
std::string tidy(std::string_view path) {
    std::vector<std::string_view> kept;
    for (const std::string_view part : parts_of(path)) {
        if (part.empty() || part == ".") continue;
        if (part != "..")
            kept.push_back(part);
        else if (kept.empty())
            return {};
        else
            kept.pop_back();
    }
    std::string text;
    for (const std::string_view part : kept) text += (text.empty() ? "" : "/") + std::string(part);
    return text;
}

struct Link {
    int line = 0;
    std::string target;
};

// Inline Markdown links to files of the repository, outside code blocks.
std::vector<Link> links_of(std::string_view text) {
    std::vector<Link> links;
    bool fenced = false;
    int number = 0;
    for (const std::string_view line : lines_of(text)) {
        ++number;
        if (line.starts_with("```")) fenced = !fenced;
        for (std::size_t at = fenced ? std::string_view::npos : line.find("]("); at != std::string_view::npos;
             at = line.find("](", at + 1)) {
            const std::size_t end = line.find(')', at);
            if (end == std::string_view::npos) break;
            const std::string_view target = line.substr(at + 2, end - at - 2);
            const std::string_view file = target.substr(0, target.find('#'));
            if (!file.empty() && file.find(':') == std::string_view::npos) links.push_back({number, std::string(file)});
        }
    }
    return links;
}

std::set<std::string> everything_in(const std::vector<SourceFile>& files) {
    std::set<std::string> paths;
    for (const SourceFile& file : files) {
        paths.insert(file.path);
        for (std::string folder = folder_of(file.path); !folder.empty(); folder = folder_of(folder))
            paths.insert(folder);
    }
    return paths;
}

} // namespace

std::vector<Violation> check_words(const std::vector<SourceFile>& files) {
    std::vector<Violation> found;
    for (const SourceFile& file : files) {
        int number = 0;
        for (const std::string_view line : lines_of(file.text)) {
            ++number;
            for (const std::string& word : later_words()) {
                if (holds_word(line, word))
                    found.push_back({"word", file.path, number, word, word + " says later; do it now"});
            }
            for (const std::string& path : machine_paths()) {
                if (holds_path(line, path))
                    found.push_back({"path", file.path, number, path, path + " is one machine's path"});
            }
        }
    }
    return found;
}

std::vector<Violation> check_names(const std::vector<SourceFile>& files) {
    std::vector<Violation> found;
    for (const SourceFile& file : files) {
        for (const std::string_view part : parts_of(file.path)) {
            if (!catch_all(part)) continue;
            found.push_back({"name", file.path, 0, std::string(part),
                             "\"" + std::string(part) + "\" says nothing of what is inside"});
        }
    }
    return found;
}

std::vector<Violation> check_headers(const std::vector<SourceFile>& files) {
    constexpr int kMostOpeningLines = 3;
    std::vector<Violation> found;
    for (const SourceFile& file : files) {
        if (!is_header(file.path)) continue;
        int comment = 0;
        bool once = false;
        for (const std::string_view line : lines_of(file.text)) {
            if (!line.starts_with("//")) {
                once = line == "#pragma once";
                break;
            }
            ++comment;
        }
        if (comment == 0)
            found.push_back({"header", file.path, 1, "", "does not open with a comment that says what it is"});
        if (comment > kMostOpeningLines) {
            found.push_back(
                {"header", file.path, 1, "", "opens with " + std::to_string(comment) + " lines; three are the limit"});
        }
        if (!once)
            found.push_back({"header", file.path, comment + 1, "", "#pragma once does not follow the opening comment"});
    }
    return found;
}

std::vector<Violation> check_tests_mirror_rooms(const std::vector<SourceFile>& files) {
    std::set<std::string> rooms;
    std::set<std::string> tested;
    for (const SourceFile& file : files) {
        const std::string room(room_of(file.path));
        if (!room.empty() && file.path.ends_with(".cpp")) rooms.insert(room);
        if (under(file.path, "tests") && file.path.ends_with("_test.cpp"))
            tested.insert(std::string(parts_of(file.path)[1]));
    }
    std::vector<Violation> found;
    for (const std::string& room : rooms) {
        if (tested.count(room) > 0) continue;
        found.push_back({"tests", "tests/" + room, 0, room, "no file here tests the room " + room});
    }
    return found;
}

std::vector<Violation> check_decisions_are_listed(const std::vector<SourceFile>& files) {
    constexpr std::string_view kIndex = "docs/decisions/README.md";
    std::set<std::string> listed;
    for (const SourceFile& file : files) {
        if (file.path != kIndex) continue;
        for (const Link& link : links_of(file.text)) listed.insert(tidy("docs/decisions/" + link.target));
    }
    std::vector<Violation> found;
    for (const SourceFile& file : files) {
        if (!under(file.path, "docs/decisions") || file.path == kIndex || listed.count(file.path) > 0) continue;
        found.push_back({"decision", file.path, 0, "", "is not linked from " + std::string(kIndex)});
    }
    return found;
}

std::vector<Violation> check_links(const std::vector<SourceFile>& files) {
    const std::set<std::string> there = everything_in(files);
    std::vector<Violation> found;
    for (const SourceFile& file : files) {
        if (!file.path.ends_with(".md")) continue;
        for (const Link& link : links_of(file.text)) {
            if (there.count(tidy(folder_of(file.path) + "/" + link.target)) > 0) continue;
            found.push_back({"link", file.path, link.line, link.target, "\"" + link.target + "\" leads nowhere"});
        }
    }
    return found;
}

} // namespace kedge::house
