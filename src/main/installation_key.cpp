#include "main/installation_key.h"

#include "base/digest.h"
#include "base/failure.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace kedge {

namespace {

constexpr std::size_t least_length = 32;
constexpr std::size_t most_length = 4096;

[[noreturn]] void refuse(const std::string& attempt, const std::string& file, const std::string& cause) {
    throw Failure(NextAction::stop, "installation key: " + attempt + " \"" + file + "\": " + cause);
}

void make_key(const std::string& file) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        if (errno == EEXIST) return; // another process was quicker: its key counts
        refuse("make", file, std::strerror(errno));
    }
    const Secret key(random_hex(32) + "\n");
    const auto& text = key.reveal();
    const bool whole =
        ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
    const int error = errno;
    ::close(descriptor);
    if (!whole) {
        ::unlink(file.c_str());
        refuse("write", file, std::strerror(error));
    }
}

} // namespace

Secret load_installation_key(const std::string& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        refuse("read", file,
               std::string(std::strerror(errno)) +
                   "; bring this very file back, from a backup or another member of the installation: all share it. Is "
                   "it lost, `openssl rand -hex 32 > FILE && chmod 600 FILE` makes a new one: no registration is "
                   "changed for it, secrets count as unknown until each is written again, and releases of changes with "
                   "secrets fit no more");
    if ((status.st_mode & 077) != 0) refuse("read", file, "others may read it; chmod 600 it");
    if (static_cast<std::size_t>(status.st_size) > most_length) refuse("read", file, "larger than 4096 bytes");
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    auto key = text.str();
    while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
    if (key.size() < least_length)
        refuse("read", file, "shorter than 32 characters; make one with `openssl rand -hex 32`");
    return Secret(std::move(key));
}

Secret load_or_make_installation_key(const std::string& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0 && errno == ENOENT) make_key(file);
    return load_installation_key(file);
}

} // namespace kedge
