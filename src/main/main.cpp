#include "main/wiring.h"

#include <csignal>
#include <sys/resource.h>

extern char** environ; // NOLINT: POSIX names it

int main(int argc, char** argv) {
    // A core file would hold tokens.
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    std::signal(SIGPIPE, SIG_IGN);
    kedge::Environment environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string::npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return kedge::run_kedge({argv + 1, argv + argc}, environment);
}
