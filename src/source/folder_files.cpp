#include "source/folder_files.h"

#include "source/file_findings.h"
#include "source/names.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace kedge {

namespace {

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

FileStamp to_stamp(const struct stat& status) {
    FileStamp stamp;
    stamp.size = static_cast<std::uint64_t>(status.st_size);
    stamp.inode = status.st_ino;
    stamp.device = status.st_dev;
    stamp.changed_ns = std::int64_t{status.st_ctim.tv_sec} * 1'000'000'000 + status.st_ctim.tv_nsec;
    stamp.modified_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
    return stamp;
}

std::string kind_of(mode_t mode) {
    if (S_ISFIFO(mode)) return "a pipe";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

std::string link_target(int folder, const std::string& name) {
    std::array<char, 4096> target{};
    const auto size = ::readlinkat(folder, name.c_str(), target.data(), target.size());
    return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : "";
}

class FolderWalk {
public:
    FolderWalk(const FileRules& rules, const FileLimits& limits) : rules_(rules), limits_(limits) {}

    void walk(Descriptor descriptor, const std::string& path, int depth) {
        const int number = descriptor.number();
        const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(number));
        if (!folder) {
            listing_.findings.push_back(unreadable_finding(path, std::strerror(errno)));
            return;
        }
        descriptor.release(); // closed by closedir
        while (!over()) {
            errno = 0;
            const dirent* entry = ::readdir(folder.get());
            if (entry == nullptr) break;
            const std::string name = entry->d_name;
            if (name != "." && name != "..") add(number, name, path, depth);
        }
        if (errno != 0 && !over()) listing_.findings.push_back(unreadable_finding(path, std::strerror(errno)));
    }

    void fail(const std::string& path, int error) {
        listing_.findings.push_back(unreadable_finding(path, std::strerror(error)));
    }

    FolderListing take() {
        const auto by_path = [](const FoundFile& a, const FoundFile& b) { return a.path < b.path; };
        std::sort(listing_.files.begin(), listing_.files.end(), by_path);
        return std::move(listing_);
    }

private:
    bool over() const { return listing_.too_many_files || listing_.too_many_entries; }

    void add(int folder, const std::string& name, const std::string& path, int depth) {
        if (++entries_ > limits_.most_entries) {
            listing_.too_many_entries = true;
            return;
        }
        const std::string inner = join_path(path, name);
        struct stat status {};
        if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
            // Gone since readdir: it is not part of this revision.
            if (errno != ENOENT && rules_.lists(inner)) fail(shown_name(inner), errno);
            return;
        }
        const bool is_folder = S_ISDIR(status.st_mode);
        if (is_folder ? rules_.skips_folder(inner) : rules_.ignores(inner, false)) return;
        if (!is_folder && name == ".git") return; // a worktree's link to its repository
        const std::string problem = name_problem(name);
        if (!problem.empty()) {
            if (is_folder || rules_.lists(inner)) listing_.findings.push_back(bad_name_finding(path, name, problem));
        } else if (is_folder) {
            add_folder(folder, name, inner, depth);
        } else if (S_ISLNK(status.st_mode)) {
            listing_.findings.push_back(symlink_finding(inner, rules_.lists(inner), link_target(folder, name)));
        } else if (rules_.lists(inner)) {
            add_file(status, inner);
        }
    }

    void add_folder(int parent, const std::string& name, const std::string& path, int depth) {
        if (depth + 1 > limits_.most_folders_deep) {
            listing_.findings.push_back(too_deep_finding(path, limits_));
            return;
        }
        Descriptor folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (folder.valid())
            walk(std::move(folder), path, depth + 1);
        else if (errno != ENOENT)
            fail(path, errno);
    }

    void add_file(const struct stat& status, const std::string& path) {
        if (!S_ISREG(status.st_mode)) {
            listing_.findings.push_back(special_file_finding(path, kind_of(status.st_mode)));
            return;
        }
        FoundFile file;
        file.path = path;
        file.stamp = to_stamp(status);
        if (file.stamp.size > limits_.most_file_bytes) {
            listing_.findings.push_back(too_large_finding(path, file.stamp.size, limits_));
            return;
        }
        listing_.files.push_back(std::move(file));
        if (listing_.files.size() > limits_.most_files) listing_.too_many_files = true;
    }

    const FileRules& rules_;
    const FileLimits& limits_;
    FolderListing listing_;
    std::size_t entries_ = 0;
};

} // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

int Descriptor::release() {
    return std::exchange(number_, -1);
}

FolderListing list_folder(const std::string& root, const FileRules& rules, const FileLimits& limits) {
    FolderWalk walk(rules, limits);
    Descriptor folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (folder.valid())
        walk.walk(std::move(folder), "", 0);
    else
        walk.fail("", errno);
    return walk.take();
}

Descriptor open_below(const std::string& root, const std::string& path) {
    Descriptor at(::open(root.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    std::size_t start = 0;
    while (at.valid()) {
        const auto slash = path.find('/', start);
        const bool last = slash == std::string::npos;
        const std::string name = path.substr(start, last ? slash : slash - start);
        // A pipe must not make us wait.
        const int flags = last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY;
        at = Descriptor(::openat(at.number(), name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
        if (last) break;
        start = slash + 1;
    }
    return at;
}

std::optional<FileStamp> stamp_of(const Descriptor& file) {
    struct stat status {};
    if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    return to_stamp(status);
}

std::optional<std::string> read_all(const Descriptor& file, std::uint64_t most) {
    std::string text;
    std::array<char, 65536> buffer{};
    while (text.size() <= most) {
        const auto count =
            ::read(file.number(), buffer.data(), std::min<std::uint64_t>(buffer.size(), most + 1 - text.size()));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::nullopt;
        if (count == 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
}

} // namespace kedge
