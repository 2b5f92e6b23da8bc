#include "store/store_lock.h"

#include "store/store_folder.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace kedge {

namespace {

// Who holds it, for people: the process number that the holder wrote; empty where it cannot be read.
std::string holder(int descriptor) {
    std::array<char, 24> text{};
    const auto size = ::pread(descriptor, text.data(), text.size() - 1, 0);
    std::string digits;
    for (ssize_t i = 0; i < size; ++i) {
        const char c = text.at(static_cast<std::size_t>(i));
        if (c < '0' || c > '9') break;
        digits += c;
    }
    return digits;
}

} // namespace

StoreLock::StoreLock(const std::filesystem::path& store) {
    prepare_store_folder(store);
    const auto file = store / "lock";
    const std::string place = "store \"" + store.string() + "\": cannot lock: ";
    descriptor_ = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor_ < 0) {
        throw Failure(NextAction::stop,
                      place + std::strerror(errno) + "; name a folder that this user may write (setting `store`)");
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {
        const std::string number = std::to_string(::getpid()) + "\n";
        // Only a help for people; the lock itself is what counts.
        if (::ftruncate(descriptor_, 0) == 0) (void)!::pwrite(descriptor_, number.data(), number.size(), 0);
        return;
    }
    const int error = errno;
    const std::string who = holder(descriptor_);
    ::close(std::exchange(descriptor_, -1));
    if (error == EWOULDBLOCK) {
        throw StoreBusy(place + "in use by " + (who.empty() ? "another process" : "process " + who));
    }
    throw Failure(NextAction::stop,
                  place + std::strerror(error) + "; the store needs a file system with locks, as local disks have");
}

StoreLock::~StoreLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

StoreLock::StoreLock(StoreLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

} // namespace kedge
