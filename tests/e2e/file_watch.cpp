#include "tests/e2e/file_watch.h"

#include <boost/asio/buffer.hpp>
#include <cstring>
#include <stdexcept>
#include <sys/inotify.h>

namespace kedge {

FileWatch::FileWatch(EventLoop& loop, const std::string& folder, std::string name)
    : name_(std::move(name)), events_(loop, ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (::inotify_add_watch(events_.native_handle(), folder.c_str(), IN_MODIFY) < 0)
        throw std::runtime_error("cannot watch " + folder);
    wait();
}

void FileWatch::wait() {
    auto took = [this](const boost::system::error_code& error, std::size_t size) {
        if (error) return; // closed with this object
        for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
            inotify_event event{};
            std::memcpy(&event, buffer_.data() + at, sizeof event);
            const std::string name(buffer_.data() + at + sizeof event);
            if (name == name_ && watcher_) watcher_();
            at += sizeof event + event.len;
        }
        wait();
    };
    events_.async_read_some(boost::asio::buffer(buffer_), took);
}

} // namespace kedge
