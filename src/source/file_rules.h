// Which files of a source folder are looked at: names, `.kedgeignore`, include and exclude globs, limits. Pure
// decisions on paths; walking is left to tree_listing and folder_files.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

struct FileLimits {
    std::uint64_t most_file_bytes = 1024 * 1024;
    std::size_t most_files = 200'000;     // listed files; beyond it the source fails
    std::size_t most_entries = 2'000'000; // names looked at; a bound against trees that name themselves many times
    int most_folders_deep = 64;
};

// The file at the root of a source folder with further patterns, and how large it may be.
inline constexpr const char* ignore_file_name = ".kedgeignore";
inline constexpr std::size_t most_ignore_file_bytes = 64 * 1024;

// Patterns as in .gitignore: comments, `!` takes back, a leading `/` (or one inside) ties to the root, a trailing one
// means folders. The last pattern that fits decides; inside an ignored folder nothing can be taken back.
class IgnorePatterns final {
public:
    IgnorePatterns() = default;
    explicit IgnorePatterns(const std::vector<std::string>& lines);
    // Is exactly this path ignored? Parents are the caller's: it does not descend into ignored folders.
    bool ignores(std::string_view path, bool is_folder) const;

private:
    struct Pattern {
        std::string glob;
        bool takes_back = false;
        bool folders_only = false;
        bool anchored = false;
    };
    static bool fits(const Pattern& pattern, std::string_view path);
    std::vector<Pattern> patterns_;
};

class FileRules final {
public:
    FileRules() = default;
    FileRules(std::vector<std::string> include, const std::vector<std::string>& exclude);
    // Replaces the patterns that came from `.kedgeignore`; the settings' exclude globs stay and cannot be taken back by
    // it.
    void set_ignore_file(std::string_view text);

    // `path` is relative to the source folder. A folder that is skipped is not walked at all.
    bool skips_folder(const std::string& path) const;
    bool lists(const std::string& path) const;
    // Nothing is reported about ignored paths.
    bool ignores(std::string_view path, bool is_folder) const;

private:
    std::vector<std::string> include_;
    IgnorePatterns exclude_;
    IgnorePatterns ignore_file_;
};

} // namespace kedge
