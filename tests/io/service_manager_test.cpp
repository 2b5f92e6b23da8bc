#include "io/service_manager.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace kedge;

namespace {

// The socket of a manager that listens.
class Manager {
public:
    Manager() {
        std::string folder = (std::filesystem::temp_directory_path() / "kedge-notify-XXXXXX").string();
        folder_ = ::mkdtemp(folder.data());
        path_ = folder_ + "/socket";
        descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path_.c_str(), sizeof(address.sun_path) - 1);
        EXPECT_EQ(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    }
    ~Manager() {
        ::close(descriptor_);
        std::filesystem::remove_all(folder_);
    }
    std::string heard() const {
        std::array<char, 512> text{};
        const auto size = ::recv(descriptor_, text.data(), text.size(), 0);
        return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
    }
    const std::string& path() const { return path_; }

private:
    std::string folder_;
    std::string path_;
    int descriptor_ = -1;
};

} // namespace

TEST(service_manager, is_told_how_we_are) {
    const Manager manager;
    const ServiceManager told({{"NOTIFY_SOCKET", manager.path()}, {"WATCHDOG_USEC", "30000000"}});
    told.ready("2 units");
    EXPECT_EQ(manager.heard(), "READY=1\nSTATUS=2 units");
    told.reloading();
    EXPECT_TRUE(manager.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    told.alive();
    EXPECT_EQ(manager.heard(), "WATCHDOG=1");
    told.stopping();
    EXPECT_EQ(manager.heard(), "STOPPING=1\nSTATUS=stopping");
    EXPECT_EQ(told.watch(), Milliseconds(15000));
}

TEST(service_manager, is_told_nothing_where_there_is_none_or_another_process_is_watched) {
    const ServiceManager none(std::map<std::string, std::string>{});
    none.ready("nobody hears it");
    EXPECT_EQ(none.watch(), std::nullopt);
    const Manager manager;
    const ServiceManager other(
        {{"NOTIFY_SOCKET", manager.path()}, {"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "1"}});
    EXPECT_EQ(other.watch(), std::nullopt);
    const ServiceManager odd({{"NOTIFY_SOCKET", "relative"}, {"WATCHDOG_USEC", "soon"}});
    odd.alive();
    EXPECT_EQ(odd.watch(), std::nullopt);
}
