// What all control planes share: many in one process, base paths, state files, the admin port, clients without sockets.
#include "product_world.h"

#include "base/digest.h"
#include "base/failure.h"
#include "io/run.h"
#include "sandbox/admin.h"
#include "sandbox/aeontel.h"
#include "sandbox/apis.h"
#include "sandbox/gaia.h"
#include "sandbox/in_process_client.h"
#include "sandbox/zudu.h"

#include <filesystem>

namespace kedge::sandbox {

namespace {

struct StateFile {
    StateFile() : path(std::filesystem::temp_directory_path() / ("kedge-sandbox-" + random_hex(8))) {}
    ~StateFile() {
        for (const char* more : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + more);
    }
    PlaneOptions options() const {
        PlaneOptions options;
        options.state_file = path.string();
        return options;
    }
    std::filesystem::path path;
};

Json server(const std::string& name) {
    return {{"workspaceId", "w"},
            {"workspace", "11111111-2222-4333-8444-555555555555"},
            {"projectId", "p"},
            {"transportType", "sse"},
            {"type", "mcp-server/remote"},
            {"description", "d"},
            {"collaborators", Json::array({{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}})},
            {"name", name},
            {"url", "https://" + name + ".example/mcp"}};
}

} // namespace

TEST(Planes, of_every_api_live_side_by_side_in_one_process) {
    std::vector<std::unique_ptr<ControlPlane>> planes;
    for (int i = 0; i < 100; ++i) {
        for (const auto& api : apis()) planes.push_back(api.make({}));
    }
    for (auto& plane : planes) ASSERT_EQ(Console(*plane).add(server("one")), std::nullopt);
    for (auto& plane : planes) EXPECT_EQ(plane->ground().registry().in_order().size(), 1U);
}

TEST(Planes, all_give_the_admin_port_the_same_way_in) {
    for (const auto& api : apis()) {
        const auto plane = api.make({});
        Admin admin(*plane);
        const auto ask = [&](const std::string& method, const std::string& target, const Json& body = nullptr) {
            const HttpResponse answer = admin.handle({method, target, {}, body.is_null() ? "" : body.dump()});
            EXPECT_EQ(answer.status, 200) << api.name << " " << method << " " << target << " " << answer.body;
            return answer.body;
        };
        ask("POST", "/servers", server("hand"));
        ask("PATCH", "/servers/hand", {{"url", "https://moved.example/mcp"}});
        EXPECT_NE(ask("GET", "/servers").find("https://moved.example/mcp"), std::string::npos);
        EXPECT_NE(ask("GET", "/").find("https://moved.example/mcp"), std::string::npos);
        const std::string id = plane->ground().registry().in_order().front()->id;
        EXPECT_NE(ask("GET", "/").find(id), std::string::npos);
        ask("POST", "/servers/" + id + "/auth", {{"subjectId", "ann"}, {"source", "oauth"}});
        EXPECT_NE(ask("GET", "/servers/" + id + "/auth").find("ann"), std::string::npos);
        for (const auto& knob : api.knobs) ask("PATCH", "/knobs", {{knob.name, knob.value}});
        ask("POST", "/faults", "GET ** 500");
        HttpRequest request{"GET", "/anything", {}, ""};
        plane->serve(request);
        EXPECT_NE(ask("GET", "/audit").find("/anything"), std::string::npos);
        ask("DELETE", "/servers/" + id);
        ask("POST", "/reset");
        EXPECT_EQ(plane->ground().audit().counters().requests, 0U);
    }
}

TEST(Planes, a_base_path_stands_before_everything) {
    PlaneOptions options;
    options.base_path = "/tools";
    Product<Aeontel> world({}, options);
    EXPECT_EQ(world.ask("GET", "/tools/api/mcp-servers").status, 200);
    EXPECT_EQ(world.ask("GET", "/api/mcp-servers").status, 404);
    EXPECT_EQ(world.ask("GET", "/toolsapi/mcp-servers").status, 404);
    TrueFoundry first({}, options);
    HttpRequest request{"GET", "/tools/api/svc/v1/min-cli-version", {}, ""};
    EXPECT_EQ(first.handle(request).status, 200);
}

TEST(Planes, a_state_file_keeps_twins_renames_knobs_and_whose_it_is) {
    const StateFile file;
    std::string id;
    {
        Zudu plane({}, file.options());
        Console console(plane);
        for (int i = 0; i < 2; ++i) ASSERT_EQ(console.add(server("twin")), std::nullopt);
        id = plane.ground().registry().in_order().front()->id;
        ASSERT_EQ(console.edit(id, {{"name", "first"}}), std::nullopt);
        ASSERT_EQ(plane.turn_knobs({{"answers", "h"}}, false), std::nullopt);
    }
    Zudu plane({}, file.options());
    EXPECT_EQ(plane.ground().registry().by_name("first")->id, id);
    EXPECT_EQ(plane.ground().registry().all_by_name("twin").size(), 1U);
    EXPECT_EQ(plane.knob_values()["answers"], "h");
    EXPECT_THROW(Aeontel({}, file.options()), Failure);
    EXPECT_THROW(TrueFoundry({}, file.options()), Failure);
    reset(plane);
    EXPECT_EQ(plane.knob_values()["answers"], "g");
    EXPECT_THROW(Aeontel({}, file.options()), Failure); // still Zudu's
}

TEST(Planes, a_client_without_a_socket_sends_whatever_headers_are_credentials) {
    Zudu plane;
    plane.ground().people().add("key:secret", person_of(Role::writer, "acme"));
    EventLoop loop;
    InProcessClient client(plane, HttpHeaders{{"X-API-KEY", "key"}, {"X-API-SECRET", "secret"}}, "/api");
    HttpRequest request{"GET", "/mcp-servers", {}, ""};
    EXPECT_EQ(run_to_end(loop, client.send(request)).response.status, 200);
    plane.ground().faults().add(parse_fault("GET ** truncate").fault);
    EXPECT_EQ(run_to_end(loop, client.send(request)).delivery, Delivery::unknown);
}

TEST(Planes, wrong_knobs_change_nothing) {
    Gaia plane;
    EXPECT_NE(plane.turn_knobs({{"dialect", "documented"}, {"secrets", "sometimes"}}, false), std::nullopt);
    EXPECT_EQ(plane.knob_values()["dialect"], "as_built");
    EXPECT_NE(plane.turn_knobs({{"nothing", true}}, false), std::nullopt);
    EXPECT_NE(plane.turn_knobs({{"dialect", Json::array()}}, false), std::nullopt);
}

TEST(Fields, patterns_and_comma_lists) {
    EXPECT_TRUE(like_one_of("https://a.*, *b*", "https://a.example"));
    EXPECT_TRUE(like_one_of("https://a.*, *b*", "x/b/y"));
    EXPECT_FALSE(like_one_of("https://a.*, *b*", "https://c.example"));
    EXPECT_FALSE(like_one_of("", "anything"));
    EXPECT_TRUE(in_comma_list("a, b ,c", "b"));
    EXPECT_FALSE(in_comma_list("a, b ,c", "b "));
}

} // namespace kedge::sandbox
