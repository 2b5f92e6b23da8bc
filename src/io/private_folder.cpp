#include "io/private_folder.h"

#include "base/failure.h"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace kedge {

PrivateFolder::PrivateFolder(std::string_view purpose) {
    std::error_code error;
    auto base = std::filesystem::temp_directory_path(error);
    if (error) base = "/tmp";
    std::string name = (base / ("kedge-" + std::string(purpose) + "-XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw Failure(NextAction::stop, "temporary folder: make \"" + name +
                                            "\": " + std::system_category().message(errno) +
                                            "; set TMPDIR to a folder that may be written");
    }
    path_ = name;
}

PrivateFolder::~PrivateFolder() {
    std::error_code ignored; // what cannot be removed stays for the system's own cleaning
    std::filesystem::remove_all(path_, ignored);
}

} // namespace kedge
