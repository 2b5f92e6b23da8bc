#include "io/spawn.h"

#include "base/failure.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace kedge {

namespace {

[[noreturn]] void refuse(const ProcessRequest& request, const std::string& cause, NextAction next = NextAction::stop) {
    const std::string program = request.arguments.empty() ? std::string() : request.arguments.front();
    throw Failure(next, "process: start \"" + program + "\": " + cause);
}

[[noreturn]] void refuse(const ProcessRequest& request, int error) {
    const bool short_of_something = error == EMFILE || error == ENFILE || error == EAGAIN || error == ENOMEM;
    refuse(request, std::system_category().message(error), short_of_something ? NextAction::retry : NextAction::stop);
}

bool runnable(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
           ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0;
}

// Only absolute folders count: what lies in the current one is not a program of ours.
std::string find_program(const ProcessRequest& request) {
    const std::string& name = request.arguments.front();
    if (name.find('/') != std::string::npos) return name;
    const auto variable = request.environment.find("PATH");
    const std::string path = variable == request.environment.end() ? "/usr/bin:/bin" : variable->second;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        const std::string folder = path.substr(begin, end - begin);
        if (folder.starts_with('/') && runnable(folder + "/" + name)) return folder + "/" + name;
        begin = end + 1;
    }
    refuse(request, "not found in PATH \"" + path + "\"; is it installed?");
}

void check(const ProcessRequest& request) {
    if (request.arguments.empty() || request.arguments.front().empty()) refuse(request, "no program is named");
    for (const std::string& argument : request.arguments) {
        if (argument.find('\0') != std::string::npos) refuse(request, "an argument holds a zero byte");
    }
    for (const auto& [name, value] : request.environment) {
        if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos ||
            value.find('\0') != std::string::npos)
            refuse(request, "an environment variable has a name or value that none may have");
    }
    struct stat about {};
    const std::string& directory = request.directory;
    if (!directory.empty() && (::stat(directory.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)))
        refuse(request, "the directory \"" + directory + "\" is not there");
}

struct Pipe {
    Descriptor read;
    Descriptor write;
};

// Above the three standard ones, so that giving them their numbers in the child cannot overwrite one that is still
// needed.
Descriptor above_standard(const ProcessRequest& request, Descriptor end) {
    if (end.get() > 2) return end;
    Descriptor high(::fcntl(end.get(), F_DUPFD_CLOEXEC, 3));
    if (high.get() < 0) refuse(request, errno);
    return high;
}

Pipe make_pipe(const ProcessRequest& request) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) refuse(request, errno);
    Pipe pipe;
    pipe.read = Descriptor(ends[0]);
    pipe.write = Descriptor(ends[1]);
    pipe.read = above_standard(request, std::move(pipe.read));
    pipe.write = above_standard(request, std::move(pipe.write));
    return pipe;
}

class Actions final {
public:
    Actions() { posix_spawn_file_actions_init(&actions_); }
    ~Actions() { posix_spawn_file_actions_destroy(&actions_); }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
    posix_spawn_file_actions_t* get() { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

class Attributes final {
public:
    Attributes() {
        posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~Attributes() { posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (std::string& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

} // namespace

SpawnedProcess spawn_process(const ProcessRequest& request) {
    check(request);
    const std::string program = find_program(request);
    Pipe input;
    if (!request.input.empty()) input = make_pipe(request);
    Pipe output = make_pipe(request);
    Pipe errors = make_pipe(request);

    Actions actions;
    if (request.input.empty())
        posix_spawn_file_actions_addopen(actions.get(), 0, "/dev/null", O_RDONLY, 0);
    else
        posix_spawn_file_actions_adddup2(actions.get(), input.read.get(), 0);
    posix_spawn_file_actions_adddup2(actions.get(), output.write.get(), 1);
    posix_spawn_file_actions_adddup2(actions.get(), errors.write.get(), 2);
    posix_spawn_file_actions_addclosefrom_np(actions.get(), 3);
    if (!request.directory.empty()) posix_spawn_file_actions_addchdir_np(actions.get(), request.directory.c_str());

    std::vector<std::string> arguments = request.arguments;
    std::vector<std::string> environment;
    for (const auto& [name, value] : request.environment) environment.push_back(name + "=" + value);
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(environment);
    const Attributes attributes;
    SpawnedProcess child;
    const int error =
        ::posix_spawn(&child.pid, program.c_str(), actions.get(), attributes.get(), argv.data(), envp.data());
    if (error != 0) refuse(request, error);
    // The child is not reaped yet, so its number cannot belong to anybody else.
    child.handle = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
    child.input = std::move(input.write);
    child.output = std::move(output.read);
    child.errors = std::move(errors.read);
    return child;
}

} // namespace kedge
