// The admin port and its page, the state file, and both ports over real sockets.
#include "world.h"

#include "base/digest.h"
#include "base/failure.h"
#include "io/run.h"
#include "sandbox/admin.h"
#include "sandbox/in_process_client.h"
#include "sandbox/server.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>

namespace kedge::sandbox {

namespace {

class Desk {
public:
    explicit Desk(Plane& world) : admin_(world.plane) {}

    Reply ask(const std::string& method, const std::string& target, const Json& body = nullptr,
              HttpHeaders headers = {}) {
        HttpRequest request;
        request.method = method;
        request.target = target;
        request.headers = std::move(headers);
        if (!body.is_null()) request.body = body.dump();
        HttpResponse response = admin_.handle(request);
        return Reply{response.status, Json::parse(response.body, nullptr, false), response.headers, response.body};
    }

private:
    Admin admin_;
};

struct Folder {
    Folder() : path(std::filesystem::temp_directory_path() / ("kedge-sandbox-" + random_hex(8))) {
        std::filesystem::create_directory(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

TrueFoundryOptions kept_in(const Folder& folder) {
    TrueFoundryOptions options;
    options.state_file = (folder.path / "state.db").string();
    return options;
}

// Sends a text to the port and returns all that comes back until the server ends the connection.
Task<std::string> talk(std::uint16_t port, std::string text) {
    namespace asio = boost::asio;
    auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::socket socket(executor);
    const asio::ip::tcp::endpoint place(asio::ip::address_v4::loopback(), port);
    co_await socket.async_connect(place, asio::use_awaitable);
    const auto out = asio::buffer(text);
    co_await asio::async_write(socket, out, asio::use_awaitable);
    std::string answer;
    boost::system::error_code end;
    auto token = asio::redirect_error(asio::use_awaitable, end);
    auto in = asio::dynamic_buffer(answer);
    co_await asio::async_read(socket, in, token);
    co_return answer;
}

std::string request_text(const std::string& method, const std::string& target, const std::string& body = "") {
    return method + " " + target +
           " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer admin\r\nConnection: close\r\n" +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace

TEST(Admin, a_person_adds_edits_and_deletes_servers) {
    Plane world;
    Desk desk(world);
    EXPECT_EQ(desk.ask("POST", "/servers", remote("github", {{"tags", {{"kedge", "x"}}}})).status, 200);
    EXPECT_EQ(desk.ask("POST", "/servers", remote("github")).status, 400);
    EXPECT_EQ(desk.ask("POST", "/servers", remote("BAD")).status, 400);
    const Json before = world.get("github").body["data"];
    EXPECT_EQ(desk.ask("PATCH", "/servers/github", {{"url", "https://moved.example"}, {"tags", nullptr}}).status, 200);
    const Json after = world.get("github").body["data"];
    EXPECT_EQ(after["manifest"]["url"], "https://moved.example");
    EXPECT_FALSE(after["manifest"].contains("tags"));
    EXPECT_GT(after["updatedAt"], before["updatedAt"]);
    EXPECT_EQ(after["id"], before["id"]);
    EXPECT_EQ(desk.ask("PATCH", "/servers/github", {{"name", "other"}}).status, 400);
    EXPECT_EQ(desk.ask("PATCH", "/servers/nobody", {{"url", "https://x.example"}}).status, 404);
    EXPECT_EQ(desk.ask("GET", "/servers").body["servers"][0]["name"], "github");
    EXPECT_EQ(desk.ask("DELETE", "/servers/github").status, 200);
    EXPECT_EQ(desk.ask("DELETE", "/servers/github").status, 404);
}

TEST(Admin, raw_edits_make_states_that_no_client_could) {
    Plane world;
    Desk desk(world);
    world.put(remote("github"));
    EXPECT_EQ(desk.ask("PATCH", "/servers/github", {{"url", 7}, {"collaborators", nullptr}}).status, 400);
    EXPECT_EQ(desk.ask("PATCH", "/servers/github?raw=true", {{"url", 7}, {"collaborators", nullptr}}).status, 200);
    EXPECT_EQ(world.get("github").manifest()["url"], 7);
    world.token = "guest";
    EXPECT_EQ(world.get("github").status, 404);
    EXPECT_NE(desk.ask("GET", "/").text.find("github"), std::string::npos);
}

TEST(Admin, subjects_are_connected_and_disconnected) {
    Plane world;
    Desk desk(world);
    world.put(remote("github", {{"auth_data", oauth_data()}}));
    EXPECT_EQ(desk.ask("POST", "/servers/github/auth", {{"subjectId", "ann"}, {"source", "oauth"}}).status, 200);
    EXPECT_EQ(desk.ask("POST", "/servers/github/auth", {{"subjectId", "ann"}, {"source", "magic"}}).status, 400);
    EXPECT_EQ(desk.ask("POST", "/servers/github/auth", {{"source", "oauth"}}).status, 400);
    EXPECT_EQ(desk.ask("GET", "/servers/github/auth").body["auth"][0]["subjectId"], "ann");
    EXPECT_EQ(desk.ask("DELETE", "/servers/github/auth?subjectId=ann").status, 200);
    EXPECT_EQ(desk.ask("DELETE", "/servers/github/auth?subjectId=ann").status, 404);
}

TEST(Admin, knobs_faults_audit_people_and_reset) {
    Plane world;
    Desk desk(world);
    EXPECT_EQ(desk.ask("PATCH", "/knobs", {{"mask", "xxx"}, {"mask_list", false}}).body["mask"], "xxx");
    EXPECT_EQ(desk.ask("PATCH", "/knobs", {{"mask", "yyy"}, {"nothing", 1}}).status, 400);
    EXPECT_EQ(desk.ask("GET", "/knobs").body["mask"], "xxx");
    EXPECT_EQ(desk.ask("POST", "/faults", "PUT /mcp 503 count=2").body[0]["kind"], "503");
    EXPECT_EQ(desk.ask("POST", "/faults", {{"method", "GET"}, {"path", "/mcp"}, {"kind", "slow"}, {"ms", 5}}).status,
              200);
    EXPECT_EQ(desk.ask("POST", "/faults", {{"kind", "odd"}}).status, 400);
    EXPECT_EQ(desk.ask("GET", "/faults").body.size(), 2U);
    EXPECT_EQ(world.put(remote("github")).status, 503);
    EXPECT_EQ(desk.ask("GET", "/faults").body[0]["hits"], 1);
    EXPECT_EQ(desk.ask("DELETE", "/faults").status, 200);
    EXPECT_EQ(world.put(remote("github")).status, 200);
    EXPECT_EQ(desk.ask("GET", "/audit?since=1").body[0]["status"], 200);
    EXPECT_EQ(desk.ask("GET", "/counters").body["faults"], 1);
    EXPECT_EQ(desk.ask("DELETE", "/people/admin%40acme.example").status, 200);
    EXPECT_EQ(world.put(remote("github")).status, 401);
    EXPECT_EQ(desk.ask("GET", "/people").body.size(), 3U);
    EXPECT_EQ(desk.ask("POST", "/reset").status, 200);
    EXPECT_EQ(desk.ask("GET", "/servers").body["total"], 0);
    EXPECT_EQ(desk.ask("GET", "/knobs").body["mask"], "********");
    EXPECT_EQ(desk.ask("GET", "/nothing").status, 404);
}

TEST(Admin, other_sites_and_names_are_refused) {
    Plane world;
    Desk desk(world);
    EXPECT_EQ(desk.ask("GET", "/counters", nullptr, {{"Host", "evil.example"}}).status, 403);
    EXPECT_EQ(
        desk.ask("POST", "/reset", nullptr, {{"Host", "127.0.0.1:80"}, {"Origin", "https://evil.example"}}).status,
        403);
    EXPECT_EQ(desk.ask("GET", "/counters", nullptr, {{"Host", "localhost:8080"}}).status, 200);
    EXPECT_EQ(desk.ask("GET", "/counters", nullptr, {{"Host", "[::1]:8080"}}).status, 200);
}

TEST(Admin, the_page_lists_servers_and_escapes_what_people_wrote) {
    Plane world;
    world.put(remote("github", {{"description", "<script>alert('x')</script>"}, {"tags", {{"kedge", "a&b"}}}}));
    world.connect("github", "ann", "oauth");
    Desk desk(world);
    const Reply page = desk.ask("GET", "/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.text.find("<script"), std::string::npos);
    EXPECT_NE(page.text.find("&lt;script&gt;"), std::string::npos);
    EXPECT_NE(page.text.find("kedge: a&amp;b"), std::string::npos);
    EXPECT_NE(page.text.find("https://github.example/mcp"), std::string::npos);
    EXPECT_NE(page.text.find("ann <span"), std::string::npos);
    for (int i = 0; i < 250; ++i) world.put(remote("server-" + std::to_string(i)));
    EXPECT_NE(desk.ask("GET", "/").text.find("/?offset=200"), std::string::npos);
    EXPECT_NE(desk.ask("GET", "/?offset=200").text.find("github"), std::string::npos);
    EXPECT_EQ(desk.ask("GET", "/?offset=9999").status, 200);
}

TEST(State, survives_a_restart_whole) {
    const Folder folder;
    std::string list;
    {
        Plane world(Knobs(), kept_in(folder));
        world.set("mask", "###");
        for (const char* name : {"one", "two", "three"}) world.put(remote(std::string("server-") + name));
        world.put(remote("github", {{"auth_data", oauth_data()}}));
        world.connect("github", "ann", "oauth");
        world.ask("PUT", "/apply", {{"manifest", {{"type", "team"}, {"name", "core"}}}});
        world.ask("DELETE", "/mcp/" + world.id("server-two"));
        list = world.ask("GET", "/mcp").text;
    }
    Plane world(Knobs(), kept_in(folder));
    EXPECT_EQ(world.plane.knobs().mask, "###");
    EXPECT_EQ(world.ask("GET", "/mcp").text, list);
    EXPECT_EQ(world.plane.registry().by_name("github")->auth[0].subject_id, "ann");
    EXPECT_EQ(world.put(remote("github")).status, 417);
    EXPECT_EQ(world.plane.registry().others(), 1U);
    const Json fresh = world.put(remote("fresh")).body["data"];
    EXPECT_EQ(list.find(fresh["id"].get<std::string>()), std::string::npos);
    EXPECT_GT(fresh["createdAt"], Json::parse(list)["data"][0]["updatedAt"]);
    reset(world.plane);
    EXPECT_EQ(Plane(Knobs(), kept_in(folder)).ask("GET", "/mcp").body["pagination"]["total"], 0);
}

TEST(State, a_file_that_cannot_be_used_is_one_clear_failure) {
    TrueFoundryOptions options;
    options.state_file = "/nonexistent/state.db";
    EXPECT_THROW(TrueFoundry(Knobs(), options), Failure);
}

TEST(Server, answers_over_http_on_both_ports) {
    Plane world;
    EventLoop loop;
    SandboxServer server(loop, world.plane);
    const std::string body = Json({{"manifest", remote("github")}}).dump();
    const auto put = run_to_end(loop, talk(server.api_port(), request_text("PUT", "/api/svc/v1/mcp", body)));
    EXPECT_TRUE(put.starts_with("HTTP/1.1 200")) << put;
    const auto list = run_to_end(loop, talk(server.api_port(), request_text("GET", "/api/svc/v1/mcp")));
    EXPECT_NE(list.find("acme:mcp-server:github"), std::string::npos);
    const auto page = run_to_end(loop, talk(server.admin_port(), request_text("GET", "/")));
    EXPECT_NE(page.find("<strong>github</strong>"), std::string::npos);
}

TEST(Server, carries_out_the_faults_of_the_connection) {
    Plane world;
    EventLoop loop;
    SandboxServer server(loop, world.plane);
    for (const char* fault : {"GET /mcp reset-after", "GET /mcp truncate", "GET /mcp slow ms=1"}) {
        world.plane.faults().add(parse_fault(fault).fault);
    }
    const std::string ask = request_text("GET", "/api/svc/v1/mcp");
    EXPECT_EQ(run_to_end(loop, talk(server.api_port(), ask)), "");
    const auto cut = run_to_end(loop, talk(server.api_port(), ask));
    EXPECT_TRUE(cut.starts_with("HTTP/1.1 200"));
    EXPECT_EQ(cut.find("pagination\":{\"total\":0,\"offset\":0,\"limit\":100}}"), std::string::npos);
    const auto late = run_to_end(loop, talk(server.api_port(), ask));
    EXPECT_NE(late.find("\"total\":0"), std::string::npos);
}

TEST(Server, stops_though_an_answer_is_kept_back) {
    Plane world;
    world.plane.faults().add(parse_fault("GET /mcp silent").fault);
    EventLoop loop;
    SandboxServer server(loop, world.plane);
    auto waiting = talk(server.api_port(), request_text("GET", "/api/svc/v1/mcp"));
    std::string answer = "none yet";
    auto done = [&](std::exception_ptr, std::string text) { answer = std::move(text); };
    boost::asio::co_spawn(loop, std::move(waiting), done);
    while (world.plane.audit().counters().requests == 0) loop.run_one();
    server.stop();
    loop.run();
    EXPECT_EQ(answer, "");
}

TEST(InProcess, a_client_without_a_socket_sees_the_same_deliveries) {
    Plane world;
    EventLoop loop;
    InProcessClient client(world.plane, "admin", "/api/svc/v1");
    HttpRequest request;
    request.method = "GET";
    request.target = "/mcp";
    EXPECT_EQ(run_to_end(loop, client.send(request)).response.status, 200);
    for (const char* fault : {"GET /mcp reset-after", "GET /mcp silent"}) {
        world.plane.faults().add(parse_fault(fault).fault);
        EXPECT_EQ(run_to_end(loop, client.send(request)).delivery, Delivery::unknown);
    }
}

} // namespace kedge::sandbox
