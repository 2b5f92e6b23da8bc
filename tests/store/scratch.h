// A folder that is gone when the test is over, and a loop that runs one task at a time.
#pragma once
#include "io/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <future>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <utility>

namespace kedge {

class Scratch final {
public:
    Scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "kedge-store-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path store() const { return path_ / "store"; }

private:
    std::filesystem::path path_;
};

template<class T>
T run(Task<T> task) {
    static EventLoop loop; // stays: a worker may be about to leave it
    auto result = boost::asio::co_spawn(loop, std::move(task), boost::asio::use_future);
    loop.restart();
    loop.run();
    return result.get();
}

} // namespace kedge
