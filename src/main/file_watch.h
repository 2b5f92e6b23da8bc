// Whether files are still what they were: by what the file system says of them, through symlinks, so that the flip of a
// Kubernetes volume is seen as well as an editor's new file. Their content is not read.
#pragma once
#include <map>
#include <set>
#include <string>

namespace kedge {

class FileWatch final {
public:
    FileWatch() = default;
    explicit FileWatch(const std::set<std::string>& paths) { watch(paths); }

    // From now on these: as they were seen last, else as they are now. So what moves while the files are read, before
    // they are watched, is not missed. A folder is what its entries are.
    void watch(const std::set<std::string>& paths);
    // The first of them that is not as it was; empty: none. What is seen now is what it is compared with next time.
    std::string moved();

private:
    std::map<std::string, std::string> seen_; // path -> what it looked like
};

} // namespace kedge
