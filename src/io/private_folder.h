// A folder for this process alone: made with mode 0700 under the system's temporary folder, removed with all that is in
// it.
#pragma once
#include <filesystem>
#include <string_view>

namespace kedge {

class PrivateFolder final {
public:
    // Throws Failure(stop) where it cannot be made.
    explicit PrivateFolder(std::string_view purpose);
    ~PrivateFolder();
    PrivateFolder(const PrivateFolder&) = delete;
    PrivateFolder& operator=(const PrivateFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace kedge
