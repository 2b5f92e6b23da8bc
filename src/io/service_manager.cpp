#include "io/service_manager.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace kedge {

namespace {

std::string value_of(const std::map<std::string, std::string>& environment, const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

std::optional<long long> number(const std::string& text) {
    long long value = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || at != end || value <= 0) return std::nullopt;
    return value;
}

} // namespace

ServiceManager::ServiceManager(const std::map<std::string, std::string>& environment)
    : socket_(value_of(environment, "NOTIFY_SOCKET")) {
    const auto micros = number(value_of(environment, "WATCHDOG_USEC"));
    const auto pid = value_of(environment, "WATCHDOG_PID");
    const bool meant = pid.empty() || number(pid) == static_cast<long long>(::getpid());
    if (micros && meant && !socket_.empty()) watch_ = Milliseconds(std::max(*micros / 2000, 1LL));
}

void ServiceManager::reloading() const {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto micros = static_cast<long long>(now.tv_sec) * 1000000 + now.tv_nsec / 1000;
    tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros));
}

// A manager that does not listen is nobody's trouble: it finds out by itself that it hears nothing.
void ServiceManager::tell(const std::string& text) const {
    sockaddr_un address{};
    const bool abstract = socket_.starts_with('@');
    if (socket_.empty() || (!abstract && !socket_.starts_with('/')) || socket_.size() >= sizeof(address.sun_path))
        return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (abstract) address.sun_path[0] = '\0';
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    const auto* where = reinterpret_cast<const sockaddr*>(&address); // NOLINT: what the call asks for
    (void)!::sendto(descriptor, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT, where, size);
    ::close(descriptor);
}

} // namespace kedge
