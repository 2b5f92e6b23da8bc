#include "git_sandbox.h"

#include "base/failure.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <utility>

namespace kedge::tests {

namespace files = std::filesystem;

TemporaryFolder::TemporaryFolder() {
    std::string name = (files::temp_directory_path() / "kedge-source-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = files::canonical(name).string();
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code error;
    files::remove_all(path_, error);
}

Variable::Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    const char* before = std::getenv(name_.c_str());
    if (before != nullptr) before_ = before;
    ::setenv(name_.c_str(), value.c_str(), 1);
}

Variable::~Variable() {
    if (before_)
        ::setenv(name_.c_str(), before_->c_str(), 1);
    else
        ::unsetenv(name_.c_str());
}

void write_file(const std::string& path, const std::string& text) {
    files::create_directories(files::path(path).parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

std::string read_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

void write_script(const std::string& path, const std::string& text) {
    write_file(path, "#!/bin/sh\n" + text);
    files::permissions(path, files::perms::owner_all);
}

Repository::Repository(std::string path, const std::string& init_flags) : path_(std::move(path)) {
    files::create_directories(path_);
    git("init -q -b main " + init_flags);
}

std::string Repository::git(const std::string& arguments) const {
    const std::string time = std::to_string(1'700'000'000 + commits_) + " +0000";
    const std::string command = "cd '" + path_ + "' && env -i PATH=\"$PATH\" HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 " +
                                "GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_NAME=Ada " +
                                "GIT_COMMITTER_EMAIL=ada@example.com GIT_AUTHOR_DATE='" + time +
                                "' GIT_COMMITTER_DATE='" + time + "' git -c protocol.file.allow=always " + arguments +
                                " 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::string output;
    std::array<char, 4096> buffer{};
    while (pipe != nullptr) {
        const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe);
        if (count == 0) break;
        output.append(buffer.data(), count);
    }
    const int status = pipe == nullptr ? -1 : ::pclose(pipe);
    EXPECT_EQ(status, 0) << "git " << arguments << ": " << output;
    while (!output.empty() && output.back() == '\n') output.pop_back();
    return output;
}

std::string Repository::commit(const std::string& title) {
    ++commits_;
    git("add -A");
    git("commit -q --allow-empty -m '" + title + "'");
    return git("rev-parse HEAD");
}

GitSourceOptions local_options(const Repository& repository, const TemporaryFolder& folder) {
    GitSourceOptions options;
    options.name = "test";
    options.url = repository.path();
    options.ref.kind = GitRefKind::branch;
    options.ref.name = "main";
    options.mirror_directory = folder.path("mirror");
    options.allow_local_path = true;
    options.deadline = Milliseconds(60000);
    return options;
}

Snapshot fetch(Source& source) {
    static EventLoop loop; // stays: a worker may be about to leave it
    return run_to_end(loop, source.fetch());
}

std::map<std::string, std::string> read_texts(Source& source, const Snapshot& snapshot) {
    static EventLoop loop; // stays: a worker may be about to leave it
    std::map<std::string, std::string> texts;
    for (auto& blob : run_to_end(loop, source.read(snapshot, snapshot.files))) texts[blob.path] = blob.text;
    return texts;
}

std::map<std::string, CommitReference> causes(Source& source, const Snapshot& snapshot, const std::string& since) {
    static EventLoop loop; // stays: a worker may be about to leave it
    return run_to_end(loop, source.causes(snapshot, since, paths_of(snapshot)));
}

std::vector<std::string> paths_of(const Snapshot& snapshot) {
    std::vector<std::string> paths;
    for (const auto& file : snapshot.files) paths.push_back(file.path);
    return paths;
}

std::vector<std::string> findings_of(const Snapshot& snapshot) {
    std::vector<std::string> texts;
    for (const auto& finding : snapshot.findings) texts.push_back(finding.place.file + ": " + finding.message);
    return texts;
}

FailureSeen failure_of(Source& source) {
    try {
        fetch(source);
    } catch (const Failure& failure) {
        const bool retry = failure.next() == NextAction::retry;
        return {retry ? "retry" : failure.next() == NextAction::stop ? "stop" : "wait", failure.what()};
    }
    return {"none", ""};
}

} // namespace kedge::tests
