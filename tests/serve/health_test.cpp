#include "tests/serve/world.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

class HealthTest : public World {
protected:
    Answer ask(const std::string& target, const std::string& method = "GET") {
        auto client = Client::on_tcp(loop, server->health_port());
        const auto text = method + " " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
        return parsed(run_to_end(loop, talk(client, text)));
    }
    void serve_health() {
        settings.health = ListenAt{"127.0.0.1", 0};
        serve();
    }
};

} // namespace

TEST_F(HealthTest, is_not_there_unless_asked_for) {
    serve();
    EXPECT_EQ(server->health_port(), 0);
    for (const char* path : {"/livez", "/readyz", "/metrics"}) EXPECT_EQ(get(path).status, 404) << path;
}

TEST_F(HealthTest, says_that_it_lives_and_when_all_units_were_looked_at) {
    serve_health();
    EXPECT_EQ(ask("/livez").status, 200);
    EXPECT_EQ(ask("/readyz").status, 200);
    UnitStatus fresh;
    fresh.unit = "fresh";
    daemon.board().put(fresh);
    const auto waiting = ask("/readyz");
    EXPECT_EQ(waiting.status, 503);
    EXPECT_EQ(waiting.body, "not ready: 1 units wait for their first pass\n");
    EXPECT_EQ(ask("/livez").status, 200);
    fresh.state = UnitState::failing;
    daemon.board().put(fresh);
    EXPECT_EQ(ask("/readyz").status, 200) << "a forge that is away is no fault of kedge";
}

TEST_F(HealthTest, shows_metrics_and_nothing_of_the_api) {
    serve_health();
    counters.passes.add({"tools", "ok"});
    const auto metrics = ask("/metrics");
    EXPECT_EQ(metrics.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(metrics.body, HasSubstr("kedge_build_info{version=\"1.2.3\"} 1\n"));
    EXPECT_THAT(metrics.body, HasSubstr("kedge_passes_total{unit=\"tools\",result=\"ok\"} 1\n"));
    EXPECT_THAT(metrics.body, HasSubstr("kedge_unit_held{unit=\"tools\"} 1\n"));
    EXPECT_THAT(metrics.body, testing::Not(HasSubstr("process_resident_memory_bytes 0\n")));
    EXPECT_EQ(ask("/api/v1/units").status, 404);
    EXPECT_EQ(ask("/metrics", "POST").header("Allow"), "GET, HEAD");
}
