// The floor under every figure of the benchmark: reads nothing, compares nothing, remembers nothing; only sends the
// same PUTs over kept-alive connections. Each line of the body file is one request body.
#include "base/failure.h"
#include "io/beast_client.h"
#include "io/run.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

using namespace kedge;

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fprintf(stderr, "usage: kedge-bench-floor URL BODIES CONCURRENCY TIMES   (token in BENCH_TOKEN)\n");
        return 1;
    }
    std::vector<std::string> bodies;
    std::ifstream file(argv[2]);
    for (std::string line; std::getline(file, line);) bodies.push_back(line);
    const auto concurrency = static_cast<std::size_t>(std::atoi(argv[3]));
    const auto times = static_cast<std::size_t>(std::atoi(argv[4]));
    const char* token = std::getenv("BENCH_TOKEN");
    BeastClientOptions options;
    options.base_url = argv[1];
    options.credentials.push_back({"Authorization", "Bearer ", Secret(token == nullptr ? "" : token)});
    try {
        BeastClient client(std::move(options));
        EventLoop loop(1);
        std::size_t failed = 0;
        std::function<Task<void>(std::size_t)> put = [&](std::size_t i) -> Task<void> {
            HttpRequest request;
            request.method = "PUT";
            request.target = "/api/svc/v1/mcp";
            request.headers.emplace_back("Content-Type", "application/json");
            request.body = bodies[i % bodies.size()];
            const auto outcome = co_await client.send(std::move(request));
            if (outcome.delivery != Delivery::answered || outcome.response.status != 200) ++failed;
        };
        run_to_end(loop, for_each_index(bodies.size() * times, concurrency, put));
        const auto counters = client.counters();
        std::printf("{\"requests\": %llu, \"connections\": %llu, \"failed\": %zu}\n",
                    static_cast<unsigned long long>(counters.requests),
                    static_cast<unsigned long long>(counters.connections), failed);
        return failed == 0 ? 0 : 1;
    } catch (const Failure& failure) {
        std::fprintf(stderr, "floor: %s\n", failure.what());
        return 1;
    }
}
