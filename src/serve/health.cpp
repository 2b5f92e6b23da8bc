#include "serve/health.h"

#include "serve/http_words.h"
#include "serve/problem.h"
#include "view/metrics.h"

#include <fstream>
#include <unistd.h>
#include <utility>

namespace kedge {

namespace {

ServerAnswer plain(int status, std::string text, const char* type = "text/plain; charset=utf-8") {
    ServerAnswer answer;
    answer.response.status = status;
    answer.response.headers.emplace_back("Content-Type", type);
    answer.response.body = std::move(text);
    return answer;
}

double resident_bytes() {
    std::ifstream file("/proc/self/statm");
    double all = 0;
    double resident = 0;
    file >> all >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

} // namespace

Health::Health(Daemon& daemon, Counters& counters, std::string version)
    : daemon_(daemon), counters_(counters), version_(std::move(version)) {}

// Ready: every unit has been looked at once, with whatever result, or is another member's. A forge that is away does
// not make kedge unready.
ServerAnswer Health::ready() const {
    std::size_t waiting = 0;
    for (const auto& status : daemon_.board().units())
        waiting += status.state == UnitState::waiting && status.held_by.empty() ? 1 : 0;
    if (waiting == 0) return plain(200, "ready\n");
    return plain(503, "not ready: " + std::to_string(waiting) + " units wait for their first pass\n");
}

Task<ServerAnswer> Health::handle(HttpRequest request) {
    const std::string path(path_of(request.target));
    ServerAnswer answer;
    if (path != "/livez" && path != "/readyz" && path != "/metrics") {
        answer = plain(404, "there are /livez, /readyz and /metrics\n");
    } else if (request.method != "GET" && request.method != "HEAD") {
        answer = plain(405, "only GET\n");
        answer.response.headers.emplace_back("Allow", "GET, HEAD");
    } else if (path == "/livez") {
        answer = plain(200, "alive\n");
    } else if (path == "/readyz") {
        answer = ready();
    } else {
        counters_.resident_bytes = resident_bytes();
        answer = plain(200, metrics_text(counters_, daemon_.board().units(), version_),
                       "text/plain; version=0.0.4; charset=utf-8");
    }
    add_security_headers(answer.response, false);
    co_return answer;
}

} // namespace kedge
