// A temporary folder, and real git repositories in it made by the git program: for the tests of this room.
#pragma once
#include "io/run.h"
#include "source/git_options.h"
#include "source/source.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kedge::tests {

class TemporaryFolder final {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string path(const std::string& name = "") const { return name.empty() ? path_ : path_ + "/" + name; }

private:
    std::string path_;
};

// Sets a variable of this process for as long as it lives.
class Variable final {
public:
    Variable(std::string name, const std::string& value);
    ~Variable();
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    std::string name_;
    std::optional<std::string> before_;
};

void write_file(const std::string& path, const std::string& text);
std::string read_file(const std::string& path);
void write_script(const std::string& path, const std::string& text);

// A work tree with a branch `main`; commands run with a fixed author and without any configuration of this machine.
class Repository final {
public:
    explicit Repository(std::string path, const std::string& init_flags = "");
    // Runs `git ARGUMENTS` (a shell line) in the work tree, fails the test where git fails, gives what it printed,
    // trimmed.
    std::string git(const std::string& arguments) const;
    void write(const std::string& path, const std::string& text) const { write_file(path_ + "/" + path, text); }
    // Adds everything and commits; gives the commit's id. Each commit is one second younger than the one before.
    std::string commit(const std::string& title);
    const std::string& path() const { return path_; }

private:
    std::string path_;
    int commits_ = 0;
};

GitSourceOptions local_options(const Repository& repository, const TemporaryFolder& folder);

// Runs a source's coroutines to their end.
Snapshot fetch(Source& source);
std::map<std::string, std::string> read_texts(Source& source, const Snapshot& snapshot);
std::map<std::string, CommitReference> causes(Source& source, const Snapshot& snapshot, const std::string& since = "");
std::vector<std::string> paths_of(const Snapshot& snapshot);
std::vector<std::string> findings_of(const Snapshot& snapshot); // "path: message"

struct FailureSeen {
    std::string next; // retry, wait, stop; "none" where nothing was thrown
    std::string text;
};
FailureSeen failure_of(Source& source);

} // namespace kedge::tests
