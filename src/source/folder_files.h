// Walks and reads a plain directory through descriptors that never follow a link: names, sizes, times, bytes. What a
// name means is file_rules' part. Blocking.
#pragma once
#include "model/finding.h"
#include "source/file_rules.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

// A descriptor with an owner.
class Descriptor final {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();
    int number() const { return number_; }
    bool valid() const { return number_ >= 0; }
    int release();

private:
    int number_ = -1;
};

// What tells that a file is still the one it was.
struct FileStamp {
    std::uint64_t size = 0;
    std::uint64_t inode = 0;
    std::uint64_t device = 0;
    std::int64_t changed_ns = 0; // ctime: nobody can set it back
    std::int64_t modified_ns = 0;

    auto operator<=>(const FileStamp&) const = default;
};

struct FoundFile {
    std::string path;
    FileStamp stamp;
};

struct FolderListing {
    std::vector<FoundFile> files; // sorted by path
    std::vector<Finding> findings;
    bool too_many_files = false;
    bool too_many_entries = false;
};

// `root` without links in it. Throws nothing: what cannot be read is a finding, also the root itself (place without a
// file).
FolderListing list_folder(const std::string& root, const FileRules& rules, const FileLimits& limits);

// Opens a regular file below `root`; no part of `path` may be a link. Not valid: errno says why.
Descriptor open_below(const std::string& root, const std::string& path);
std::optional<FileStamp> stamp_of(const Descriptor& file);

// All bytes, at most `most` + 1; nothing where reading fails.
std::optional<std::string> read_all(const Descriptor& file, std::uint64_t most);

} // namespace kedge
