#include "tests/house/include_rules.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace kedge::house {

namespace {

using Names = std::set<std::string_view>;

// The table of the five floors. `main` is where concrete classes meet: it may include every room but the sandbox.
const std::map<std::string_view, Names>& floors() {
    static const std::map<std::string_view, Names> table{
        {"base", {}},
        {"model", {"base"}},
        {"manifest", {"model", "base"}},
        {"dialect", {"model", "base"}},
        {"plan", {"model", "base"}},
        {"view", {"model", "base"}},
        {"forge", {"model", "base"}},
        {"io", {"base"}},
        {"source", {"model", "io", "base"}},
        {"provider", {"dialect", "model", "io", "base"}},
        {"store", {"model", "io", "base"}},
        {"kube", {"io", "base"}},
        {"apply", {"model", "provider", "store", "io", "base"}},
        {"reconcile", {"source", "manifest", "dialect", "provider", "plan", "apply", "store", "model", "io", "base"}},
        {"serve", {"forge", "reconcile", "view", "model", "io", "base"}},
        {"preview", {"forge", "reconcile", "view", "store", "model", "io", "base"}},
        {"notify", {"reconcile", "store", "view", "model", "io", "base"}},
        {"cli", {"reconcile", "view", "model", "io", "base"}},
        {"main",
         {"base", "model", "manifest", "dialect", "plan", "view", "forge", "io", "source", "provider", "store", "apply",
          "kube", "reconcile", "serve", "preview", "notify", "cli"}},
        {"sandbox", {"io", "base"}},
    };
    return table;
}

const Names kPure{"base", "model", "manifest", "dialect", "plan", "view", "forge"};

// What the pure rooms must not see: files, processes, clocks, threads, logs, and the libraries that bring them.
const Names kWorldly{
    "filesystem", "fstream",   "iostream", "thread",    "mutex",      "shared_mutex", "future",  "condition_variable",
    "atomic",     "semaphore", "barrier",  "latch",     "stop_token", "unistd.h",     "fcntl.h", "sqlite3.h",
    "git2.h",     "random",    "syslog.h", "pthread.h", "coroutine"};
constexpr std::string_view kWorldlyFolders[] = {"boost/", "git2/", "spdlog/",    "SQLiteCpp/",
                                                "sys/",   "CLI/",  "prometheus/"};
// <chrono> is welcome for durations, so clocks are looked for in the code itself.
constexpr std::string_view kWorldlyWords[] = {
    "system_clock",  "steady_clock", "high_resolution_clock", "co_await",      "co_return", "getenv",
    "std::cout",     "std::cerr",    "std::ofstream",         "std::ifstream", "fopen",     "std::printf",
    "clock_gettime", "gettimeofday", "time(nullptr)"};

struct Home {
    std::string_view header; // this header, or a folder when it ends in /
    Names rooms;
    std::string_view because;
};

// Libraries that live in few rooms only.
const std::vector<Home>& homes() {
    static const std::vector<Home> list{
        {"boost/beast", {"io"}, "Beast's composed operations cost 70 s a file; use the classes of io"},
        {"boost/asio/ssl", {"io"}, "TLS is io's work"},
        {"git2", {"source"}, "only source reads git objects"},
        {"sqlite3.h", {"store", "sandbox"}, "the ledger and the memo are store's"},
        {"SQLiteCpp/", {"store", "sandbox"}, "the ledger and the memo are store's"},
        {"simdjson.h", {"base", "provider"}, "foreign JSON is read in base and cut into rows in provider"},
        {"yaml.h", {"manifest"}, "there is one strict YAML reader"},
        {"CLI/", {"cli", "main", "sandbox"}, "command lines belong to doors"},
        {"spdlog/", {"io"}, "log through io/log.h"},
        {"prometheus/", {"view", "serve", "main"}, "metrics are a view"},
    };
    return list;
}

struct Include {
    int line = 0;
    bool quoted = false;
    std::string_view name;
};

std::optional<Include> include_of(std::string_view line, int number) {
    const auto skip = [&line] { line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size())); };
    skip();
    if (!line.starts_with('#')) return std::nullopt;
    line.remove_prefix(1);
    skip();
    if (!line.starts_with("include")) return std::nullopt;
    line.remove_prefix(7);
    skip();
    if (line.empty() || (line.front() != '<' && line.front() != '"')) return std::nullopt;
    const bool quoted = line.front() == '"';
    const std::size_t end = line.find(quoted ? '"' : '>', 1);
    if (end == std::string_view::npos) return std::nullopt;
    return Include{number, quoted, line.substr(1, end - 1)};
}

bool worldly(std::string_view header) {
    return kWorldly.count(header) > 0 || std::any_of(std::begin(kWorldlyFolders), std::end(kWorldlyFolders),
                                                     [header](std::string_view f) { return header.starts_with(f); });
}

class Checker final {
public:
    explicit Checker(const SourceFile& file) : file_(file), room_(room_of(file.path)) {}

    std::vector<Violation> run() {
        const auto allowed = floors().find(room_);
        if (allowed == floors().end()) {
            add(0, "no floor has a room \"" + std::string(room_) + "\"; name it in the table of the five floors");
            return std::move(found_);
        }
        int number = 0;
        for (const std::string_view line : lines_of(file_.text)) {
            if (const auto include = include_of(line, ++number)) check(*include, allowed->second);
        }
        if (kPure.count(room_) > 0) check_words();
        return std::move(found_);
    }

private:
    void check(const Include& include, const Names& allowed) {
        const std::size_t slash = include.name.find('/');
        const std::string_view first = include.name.substr(0, slash);
        const bool ours = slash != std::string_view::npos && floors().count(first) > 0;
        if (include.quoted && !ours) {
            const bool precompiled = include.name.starts_with("precompiled");
            if (!precompiled) add(include.line, quote(include) + " does not name its room");
        } else if (ours && !include.quoted) {
            add(include.line, quote(include) + " is ours: quote it");
        } else if (ours && first != room_ && allowed.count(first) == 0) {
            add(include.line,
                std::string(room_) + " may not include " + std::string(first) + " (" + quote(include) + ")");
        } else if (!ours) {
            check_library(include);
        }
    }

    void check_library(const Include& include) {
        const bool metrics = room_ == "view" && include.name.starts_with("prometheus/"); // its text format is pure
        if (kPure.count(room_) > 0 && worldly(include.name) && !metrics) {
            add(include.line, "pure room " + std::string(room_) + " includes " + quote(include));
        }
        for (const Home& home : homes()) {
            if (include.name.starts_with(home.header) && home.rooms.count(room_) == 0) {
                add(include.line, quote(include) + " is out of place here: " + std::string(home.because));
            }
        }
    }

    void check_words() {
        const std::string code = only_code(file_.text);
        int number = 0;
        for (const std::string_view line : lines_of(code)) {
            ++number;
            for (const std::string_view word : kWorldlyWords) {
                if (line.find(word) != std::string_view::npos) {
                    add(number, "pure room " + std::string(room_) + " uses " + std::string(word));
                }
            }
        }
    }

    static std::string quote(const Include& include) { return "\"" + std::string(include.name) + "\""; }

    void add(int line, std::string says) { found_.push_back({"include", file_.path, line, "", std::move(says)}); }

    const SourceFile& file_;
    std::string_view room_;
    std::vector<Violation> found_;
};

} // namespace

std::vector<Violation> check_includes(const std::vector<SourceFile>& files) {
    std::vector<Violation> found;
    for (const SourceFile& file : files) {
        if (!is_cpp(file.path) || room_of(file.path).empty()) continue;
        for (Violation& violation : Checker(file).run()) found.push_back(std::move(violation));
    }
    return found;
}

} // namespace kedge::house
