#include "source/mirror_lock.h"

#include "base/failure.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace kedge {

namespace {

namespace files = std::filesystem;

bool is_leftover(std::string_view name) {
    return name.ends_with(".lock") || name.starts_with("tmp_") || name.starts_with(".tmp-") || name == "gc.pid";
}

void sweep_folder(const files::path& folder) {
    std::error_code error;
    for (files::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code ignored;
        if (is_leftover(entry->path().filename().string()) && entry->is_regular_file(ignored)) {
            files::remove(entry->path(), ignored);
        }
    }
}

} // namespace

std::optional<MirrorLock> MirrorLock::try_take(const std::string& file, const std::string& place) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        throw Failure(NextAction::stop, place + ": open the mirror's lock \"" + file + "\": " + std::strerror(errno) +
                                            "; kedge must be able to write there");
    }
    MirrorLock lock(descriptor);
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno == EWOULDBLOCK) return std::nullopt;
        throw Failure(NextAction::stop, place + ": lock \"" + file + "\": " + std::strerror(errno) +
                                            "; the mirror needs a file system with locks");
    }
    return lock;
}

MirrorLock& MirrorLock::operator=(MirrorLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

MirrorLock::~MirrorLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void remove_leftovers(const std::string& repository) {
    const files::path root(repository);
    sweep_folder(root);
    sweep_folder(root / "objects");
    sweep_folder(root / "objects" / "pack");
    sweep_folder(root / "objects" / "info");
    sweep_folder(root / "refs");
    std::error_code error;
    for (files::recursive_directory_iterator entry(root / "refs", error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code ignored;
        if (entry->is_directory(ignored)) sweep_folder(entry->path());
    }
}

} // namespace kedge
