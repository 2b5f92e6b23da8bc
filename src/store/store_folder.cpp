#include "store/store_folder.h"

#include "base/failure.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace kedge {

namespace {

[[noreturn]] void refuse(const std::filesystem::path& subject, const std::string& cause) {
    throw Failure(NextAction::stop, "store \"" + subject.string() + "\": cannot write: " + cause +
                                        "; name a folder that this user may write (setting `store`)");
}

} // namespace

void prepare_store_folder(const std::filesystem::path& store) {
    if (store.empty()) refuse(store, "the path is empty");
    std::error_code error;
    const auto parent = std::filesystem::absolute(store, error).lexically_normal().parent_path();
    if (!error) std::filesystem::create_directories(parent, error);
    if (error) refuse(store, error.message());
    if (::mkdir(store.c_str(), 0700) == 0) return;
    if (errno != EEXIST) refuse(store, std::strerror(errno));
    if (!std::filesystem::is_directory(store, error)) refuse(store, "there is a file of this name");
    if (::access(store.c_str(), W_OK | X_OK) != 0) refuse(store, std::strerror(errno));
}

void create_private_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0) refuse(file, std::strerror(errno));
    ::close(descriptor);
}

void sync_folder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    (void)::fsync(descriptor);
    ::close(descriptor);
}

} // namespace kedge
