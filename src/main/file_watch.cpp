#include "main/file_watch.h"

#include <filesystem>
#include <sys/stat.h>
#include <utility>

namespace kedge {

namespace {

namespace files = std::filesystem;

std::string look_of_one(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return "absent";
    return std::to_string(status.st_dev) + " " + std::to_string(status.st_ino) + " " + std::to_string(status.st_size) +
           " " + std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

std::string look_of(const std::string& path) {
    std::error_code error;
    if (!files::is_directory(path, error)) return look_of_one(path);
    std::map<std::string, std::string> entries;
    for (files::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error))
        entries[entry->path().filename().string()] = look_of_one(entry->path().string());
    std::string look = "folder";
    for (const auto& [name, one] : entries) look += "\n" + name + " " + one;
    return look;
}

} // namespace

void FileWatch::watch(const std::set<std::string>& paths) {
    std::map<std::string, std::string> seen;
    for (const auto& path : paths) {
        const auto before = seen_.find(path);
        seen[path] = before == seen_.end() ? look_of(path) : before->second;
    }
    seen_ = std::move(seen);
}

std::string FileWatch::moved() {
    std::string first;
    for (auto& [path, look] : seen_) {
        auto now = look_of(path);
        if (now == look) continue;
        look = std::move(now);
        if (first.empty()) first = path;
    }
    return first;
}

} // namespace kedge
