// Tells of every write to one file of a folder, as long as the loop runs.
#pragma once
#include "io/task.h"

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <string>

namespace kedge {

class FileWatch {
public:
    // Throws std::runtime_error where the folder cannot be watched.
    FileWatch(EventLoop& loop, const std::string& folder, std::string name);
    void on_write(std::function<void()> watcher) { watcher_ = std::move(watcher); }

private:
    void wait();
    std::string name_;
    std::function<void()> watcher_;
    boost::asio::posix::stream_descriptor events_;
    std::array<char, 4096> buffer_{};
};

} // namespace kedge
