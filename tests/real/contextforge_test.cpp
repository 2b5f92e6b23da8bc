// The ContextForge dialect against a ContextForge: every trap that docs/providers/contextforge.md lists.
#include "tests/real/forge.h"

using namespace kedge;
using namespace kedge::testing;

namespace {

class contextforge : public ::testing::Test {
protected:
    void SetUp() override { forge.clear(); }
    void TearDown() override { forge.clear(); }

    Done create(const Json& document, const std::vector<SecretReference>& references = {}) {
        return as<Done>(forge.perform(operation(OperationKind::create, document), references));
    }
    Json row(const std::string& id) { return parse_json(forge.raw("GET", "/v1/gateways/" + id).body); }
    // The last `Authorization` that an MCP server was sent; "none" where it had none.
    std::string last_seen(const std::string& which) {
        BeastClientOptions options;
        options.base_url = "http://127.0.0.1:" + setting("MCP_" + which + "_PORT");
        BeastClient client(options);
        HttpRequest request;
        request.method = "GET";
        request.target = "/_seen";
        const auto seen = parse_json(run_to_end(forge.loop(), client.send(std::move(request))).response.body);
        return seen.empty() ? "nothing" : seen.back()["headers"].value("authorization", "none");
    }
    void equals(const Json& desired, const LiveDocument& live) {
        EXPECT_EQ(forge.canonical(hidden(desired)).dump(1), forge.canonical(live.document).dump(1));
    }

    Forge forge{"SYNC"};
};

} // namespace

TEST_F(contextforge, knows_its_token_and_no_other) {
    const auto done = as<Done>(forge.perform(looking(OperationKind::preflight, "")));
    EXPECT_EQ(done.identity->dialect, "contextforge");
    Forge stranger("SYNC", {}, "nobody");
    EXPECT_EQ(as<Refused>(stranger.perform(looking(OperationKind::preflight, ""))).kind, RefusalKind::credential);
}

TEST_F(contextforge, what_was_created_equals_git_and_the_credential_arrives) {
    const auto desired = manifest("authed", mcp("AUTHED"), with_token());
    const auto done = create(desired, token_reference());
    equals(desired, *done.document);
    EXPECT_EQ(done.document->condition, Condition{});
    EXPECT_EQ(last_seen("AUTHED"), "Bearer good");
    const auto again = as<Done>(forge.perform(looking(OperationKind::get, "authed", done.document->remote_id)));
    equals(desired, *again.document);
    EXPECT_EQ(row(done.document->remote_id)["authValue"], "*****");
}

TEST_F(contextforge, urls_tags_and_descriptions_are_no_difference_however_they_are_written) {
    const auto desired = manifest(
        "forms", mcp("OPEN", "1") + "&B=2#f",
        {{"description", "  <b>bold</b> &amp; plain, 5 < 6 \n"},
         {"tags", {{"Team", "Core  Tools"}, {"under_score", "x"}, {"a", ""}, {"cost", "a/b"}, {"kedge", mark}}},
         {"x-kedge", {{"contextforge", {{"passthrough_headers", {"X-Trace", "X-Other"}}}}}}});
    const auto done = create(desired);
    equals(desired, *done.document);
    EXPECT_EQ(row(done.document->remote_id)["url"].get<std::string>().substr(0, 17), "http://localhost:");
    EXPECT_EQ(done.document->document["tags"]["kedge"], mark);
}

TEST_F(contextforge, an_update_keeps_the_credential_and_empties_what_git_does_not_have) {
    const auto id = create(manifest("authed", mcp("AUTHED"), with_token()), token_reference()).document->remote_id;
    auto desired = manifest("authed", mcp("AUTHED"), with_token());
    desired.erase("description");
    desired["tags"] = {{"kedge", mark}};
    const auto done = as<Done>(forge.perform(operation(OperationKind::update, desired, id), token_reference()));
    equals(desired, *done.document);
    EXPECT_EQ(done.document->version, "2");
    EXPECT_EQ(last_seen("AUTHED"), "Bearer good");
}

// The dangerous one: {"description": ...} alone is answered 200.
TEST_F(contextforge, a_credential_that_somebody_wiped_is_seen_and_sent_again) {
    const auto desired = manifest("wiped", mcp("OPEN"), with_token());
    const auto id = create(desired, token_reference()).document->remote_id;
    EXPECT_EQ(forge.raw("PUT", "/v1/gateways/" + id, {{"description", "by hand"}}).status, 200);
    EXPECT_EQ(last_seen("OPEN"), "none");
    const auto live = as<Done>(forge.perform(looking(OperationKind::get, "wiped", id))).document;
    EXPECT_EQ(live->condition.text, "its credential is lost: requests go out without it until it is sent again");
    EXPECT_EQ(forge.canonical(live->document)["auth_data"], (Json{{"type", "header"}}));
    auto heal = operation(OperationKind::update, desired, id);
    heal.live_version = live->version;
    equals(desired, *as<Done>(forge.perform(heal, token_reference())).document);
    EXPECT_EQ(last_seen("OPEN"), "Bearer good");
}

TEST_F(contextforge, authentication_goes_away_when_git_says_so) {
    const auto id = create(manifest("open", mcp("OPEN"), with_token()), token_reference()).document->remote_id;
    const auto desired = manifest("open", mcp("OPEN"));
    equals(desired, *as<Done>(forge.perform(operation(OperationKind::update, desired, id))).document);
    EXPECT_EQ(last_seen("OPEN"), "none");
    // Once more, from "" and not null.
    equals(desired, *as<Done>(forge.perform(operation(OperationKind::update, desired, id))).document);
}

TEST_F(contextforge, oauth_is_stored_without_asking_the_server_and_its_secret_is_hidden) {
    const auto desired = manifest("oauth", mcp("OPEN"),
                                  {{"auth_data",
                                    {{"type", "oauth2"},
                                     {"grant_type", "authorization_code"},
                                     {"client_id", "c"},
                                     {"client_secret", "${env:MCP_TOKEN}"},
                                     {"token_url", "https://idp.example.com/token"},
                                     {"authorization_url", "https://idp.example.com/authorize"},
                                     {"jwt_source", "access_token"},
                                     {"scopes", {"b", "a"}}}}});
    const auto done = create(desired, {{"/auth_data/client_secret", "env", "MCP_TOKEN"}});
    equals(desired, *done.document);
    EXPECT_EQ(row(done.document->remote_id)["oauthConfig"]["client_secret"], "*****");
}

TEST_F(contextforge, what_moved_since_the_plan_is_not_overwritten) {
    const auto done = create(manifest("moved", mcp("OPEN")));
    forge.raw("PUT", "/v1/gateways/" + done.document->remote_id, {{"description", "by hand"}});
    auto update = operation(OperationKind::update, manifest("moved", mcp("OPEN")), done.document->remote_id);
    update.live_version = done.document->version;
    const auto refused = as<Refused>(forge.perform(update));
    EXPECT_EQ(refused.kind, RefusalKind::conflict);
    EXPECT_EQ(refused.text, "update \"moved\": it was changed in the control plane since the plan (by "
                            "\"admin@example.com\")");
}

TEST_F(contextforge, a_server_that_does_not_answer_blocks_and_nothing_is_stored) {
    const std::string dead = "http://127.0.0.1:9/mcp";
    EXPECT_FALSE(
        as<Blocked>(forge.perform(operation(OperationKind::create, manifest("dead", dead)))).condition.reachable);
    // It answers, but not to this credential.
    const auto wrong = manifest("wrong", mcp("AUTHED"), with_token("${env:OTHER_TOKEN}"));
    const auto blocked =
        as<Blocked>(forge.perform(operation(OperationKind::create, wrong), token_reference("OTHER_TOKEN")));
    EXPECT_NE(blocked.condition.text.find("nothing was stored"), std::string::npos);
    EXPECT_TRUE(forge.list().empty());
    const auto id = create(manifest("alive", mcp("OPEN"))).document->remote_id;
    as<Blocked>(forge.perform(operation(OperationKind::update, manifest("alive", dead), id)));
    EXPECT_EQ(row(id)["version"], 1);
}

TEST_F(contextforge, servers_of_every_era_but_the_newest_alone_can_be_registered) {
    create(manifest("everything", mcp("EVERYTHING")));
    create(manifest("dual", mcp("DUAL")));
    const auto strict = operation(OperationKind::create, manifest("strict", mcp("STRICT")));
    EXPECT_FALSE(as<Blocked>(forge.perform(strict)).condition.reachable);
    const auto sse = manifest("sse", "http://127.0.0.1:" + setting("MCP_SSE_PORT") + "/sse",
                              {{"x-kedge", {{"contextforge", {{"transport", "SSE"}}}}}});
    const auto done = create(sse);
    equals(sse, *done.document);
}

TEST_F(contextforge, names_are_read_and_only_ids_are_written) {
    const auto id = create(manifest("by-name", mcp("OPEN"))).document->remote_id;
    EXPECT_EQ(as<Done>(forge.perform(looking(OperationKind::find_by_name, "by-name"))).document->remote_id, id);
    EXPECT_FALSE(as<Done>(forge.perform(looking(OperationKind::find_by_name, "absent"))).document);
    // The API answers a get by name, but that is no id.
    EXPECT_EQ(as<Refused>(forge.perform(looking(OperationKind::get, "by-name", "by-name"))).kind, RefusalKind::broken);
    EXPECT_EQ(forge.raw("PUT", "/v1/gateways/by-name", {{"description", "x"}}).status, 404);
    EXPECT_EQ(forge.raw("DELETE", "/v1/gateways/by-name").status, 400);
}

TEST_F(contextforge, names_count_by_their_slug_and_urls_with_their_credential) {
    create(manifest("Every thing", mcp("OPEN", "1")));
    const auto name =
        as<Refused>(forge.perform(operation(OperationKind::create, manifest("every-thing", mcp("OPEN", "2")))));
    EXPECT_EQ(name.kind, RefusalKind::conflict);
    EXPECT_EQ(name.theirs, "Gateway name already exists");
    const auto url = as<Refused>(forge.perform(operation(OperationKind::create, manifest("other", mcp("OPEN", "1")))));
    EXPECT_EQ(url.theirs, "Gateway already exists");
    create(manifest("other", mcp("OPEN", "1"), with_token()), token_reference());
    // A PUT says nothing but 500; the row tells that nothing was done.
    const auto id = create(manifest("third", mcp("OPEN", "3"))).document->remote_id;
    const auto put =
        as<Refused>(forge.perform(operation(OperationKind::update, manifest("third", mcp("OPEN", "1")), id)));
    EXPECT_NE(put.text.find("(500); read back: it was not carried out"), std::string::npos) << put.text;
    EXPECT_EQ(put.hint, "it answers so as well where another registration has this url and credential");
}

TEST_F(contextforge, twins_live_in_other_scopes_and_are_not_seen) {
    const auto id = create(manifest("twin", mcp("OPEN", "1"))).document->remote_id;
    for (const char* query : {"2", "3"})
        EXPECT_EQ(forge
                      .raw("POST", "/v1/gateways",
                           {{"name", "twin"},
                            {"url", mcp("OPEN", query)},
                            {"transport", "STREAMABLEHTTP"},
                            {"visibility", "private"}})
                      .status,
                  200);
    EXPECT_EQ(forge.list(), std::vector<std::string>{"twin"});
    EXPECT_EQ(forge.raw("GET", "/v1/gateways/twin").status, 409);
    EXPECT_EQ(as<Done>(forge.perform(looking(OperationKind::find_by_name, "twin"))).document->remote_id, id);
    ContextForgeOptions options;
    options.visibility = "private";
    Forge own("SYNC", options);
    EXPECT_EQ(own.list(), (std::vector<std::string>{"twin", "twin"}));
    EXPECT_EQ(as<Refused>(own.perform(looking(OperationKind::find_by_name, "twin"))).kind, RefusalKind::inconsistent);
    // One that somebody took out of the scope is brought back.
    forge.raw("PUT", "/v1/gateways/" + id, {{"visibility", "private"}});
    const auto desired = manifest("twin", mcp("OPEN", "1"));
    const auto live = as<Done>(forge.perform(looking(OperationKind::get, "twin", id))).document;
    EXPECT_EQ(live->document["x-kedge"]["contextforge"]["visibility"], "private");
    equals(desired, *as<Done>(forge.perform(operation(OperationKind::update, desired, id))).document);
}

TEST_F(contextforge, the_list_is_whole_on_pages_of_any_size_and_has_the_disabled_ones) {
    std::vector<std::string> names;
    for (int i = 0; i < 5; ++i) {
        const auto name = "page-" + std::to_string(i);
        const Json off = {{"x-kedge", {{"contextforge", {{"enabled", i != 3}}}}}};
        create(manifest(name, mcp("OPEN", std::to_string(i)), off));
        names.insert(names.begin(), name); // newest first
    }
    for (const int size : {1, 2, 500}) {
        ContextForgeOptions options;
        options.page_size = size;
        EXPECT_EQ(Forge("SYNC", options).list(), names) << size;
    }
}

TEST_F(contextforge, a_cursor_that_it_does_not_know_is_page_one_again) {
    for (int i = 0; i < 3; ++i) create(manifest("page-" + std::to_string(i), mcp("OPEN", std::to_string(i))));
    const std::string first = "/v1/gateways?include_inactive=true&include_pagination=true&limit=1";
    const auto page = parse_json(forge.raw("GET", first).body);
    const auto again = parse_json(forge.raw("GET", first + "&cursor=garbage").body);
    EXPECT_EQ(again["gateways"][0]["id"], page["gateways"][0]["id"]);
    EXPECT_EQ(again["nextCursor"], page["nextCursor"]);
}

TEST_F(contextforge, disabling_and_enabling_is_part_of_a_write) {
    const Json off{{"x-kedge", {{"contextforge", {{"enabled", false}}}}}};
    const auto done = create(manifest("switched", mcp("OPEN"), off));
    equals(manifest("switched", mcp("OPEN"), off), *done.document);
    EXPECT_EQ(row(done.document->remote_id)["enabled"], false);
    const auto on = manifest("switched", mcp("OPEN"));
    auto update = operation(OperationKind::update, on, done.document->remote_id);
    update.live_version = done.document->version;
    equals(on, *as<Done>(forge.perform(update)).document);
    EXPECT_EQ(row(done.document->remote_id)["enabled"], true);
}

TEST_F(contextforge, deleting_ends_well_whoever_did_it) {
    const auto id = create(manifest("gone", mcp("OPEN"))).document->remote_id;
    EXPECT_EQ(as<Refused>(forge.perform(looking(OperationKind::remove, "another", id))).kind, RefusalKind::conflict);
    as<Done>(forge.perform(looking(OperationKind::remove, "gone", id)));
    EXPECT_TRUE(forge.list().empty());
    as<Done>(forge.perform(looking(OperationKind::remove, "gone", id)));
}

TEST_F(contextforge, a_lost_answer_is_found_out_and_nothing_is_sent_twice) {
    const auto desired = manifest("lost", mcp("AUTHED"), with_token());
    forge.client().lose = "POST";
    const auto done = create(desired, token_reference());
    equals(desired, *done.document);
    EXPECT_EQ(forge.client().sent["POST"], 1);
    EXPECT_EQ(forge.list("id"), std::vector<std::string>{done.document->remote_id});
    auto changed = desired;
    changed["description"] = "changed";
    forge.client().lose = "PUT";
    auto update = operation(OperationKind::update, changed, done.document->remote_id);
    equals(changed, *as<Done>(forge.perform(update, token_reference())).document);
    EXPECT_EQ(forge.client().sent["PUT"], 1);
    forge.client().lose = "DELETE";
    as<Done>(forge.perform(looking(OperationKind::remove, "lost", done.document->remote_id)));
    EXPECT_EQ(forge.client().sent["DELETE"], 1);
}

TEST_F(contextforge, what_it_refuses_is_said_with_a_place_to_look) {
    auto bad = manifest("bad", mcp("OPEN"));
    bad["name"] = "bad!";
    const auto refused = as<Refused>(forge.perform(operation(OperationKind::create, bad)));
    EXPECT_EQ(refused.kind, RefusalKind::invalid);
    EXPECT_EQ(refused.hint, "it never says which field: docs/providers/contextforge.md has the rules");
}

namespace {

class contextforge_async : public contextforge {
protected:
    void SetUp() override { later.clear(); }
    void TearDown() override { later.clear(); }

    static ContextForgeOptions options() {
        ContextForgeOptions it;
        it.async = true;
        return it;
    }
    Forge later{"ASYNC", options()};
};

} // namespace

TEST_F(contextforge_async, a_create_an_update_and_a_delete_are_followed_to_their_end) {
    const auto desired = manifest("soon", mcp("AUTHED"), with_token());
    const auto done = as<Done>(later.perform(operation(OperationKind::create, desired), token_reference()));
    equals(desired, *done.document);
    auto changed = desired;
    changed["description"] = "changed";
    auto update = operation(OperationKind::update, changed, done.document->remote_id);
    update.live_version = done.document->version;
    const auto updated = as<Done>(later.perform(update, token_reference()));
    equals(changed, *updated.document);
    as<Done>(later.perform(looking(OperationKind::remove, "soon", done.document->remote_id)));
    EXPECT_TRUE(later.list().empty());
}

TEST_F(contextforge_async, a_dead_server_is_stored_takes_no_updates_and_hides_nothing) {
    const std::string dead = "http://127.0.0.1:9/mcp";
    const auto stored = as<Blocked>(later.perform(operation(OperationKind::create, manifest("dead", dead))));
    ASSERT_TRUE(stored.document);
    EXPECT_FALSE(stored.condition.reachable);
    EXPECT_NE(stored.condition.text.find("pending: Failed to initialize gateway"), std::string::npos);
    const auto id = stored.document->remote_id;
    const auto blocked =
        as<Blocked>(later.perform(operation(OperationKind::update, manifest("dead", mcp("OPEN")), id)));
    EXPECT_NE(blocked.condition.text.find("drops updates"), std::string::npos);
    // Its attempts move `updatedAt` and no version.
    const auto look = [&] { return parse_json(later.raw("GET", "/v1/gateways/" + id).body); };
    const auto before = look();
    auto after = before;
    for (int i = 0; i < 60 && after["registrationAttempts"] == before["registrationAttempts"]; ++i) {
        run_to_end(later.loop(), later.clock().sleep(Milliseconds(500)));
        after = look();
    }
    EXPECT_NE(after["updatedAt"], before["updatedAt"]);
    EXPECT_EQ(after["version"], before["version"]);
    // And so it does: 202, the same version.
    const auto dropped = later.raw("PUT", "/v1/gateways/" + id, {{"description", "changed"}});
    EXPECT_EQ(dropped.status, 202);
    EXPECT_EQ(parse_json(dropped.body)["version"], 1);
    EXPECT_EQ(parse_json(dropped.body)["description"], "a server");
}

// Whoever asks for the name of a pending one is given that one, with 202.
TEST_F(contextforge_async, a_pending_stranger_is_not_taken_for_ours) {
    const Json stranger{{"name", "same"}, {"url", "http://127.0.0.1:9/mcp"}, {"transport", "STREAMABLEHTTP"}};
    const auto first = parse_json(later.raw("POST", "/v1/gateways", stranger).body);
    const auto again = later.raw("POST", "/v1/gateways", {{"name", "Same"}, {"url", mcp("OPEN")}});
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(parse_json(again.body)["id"], first["id"]);
    const auto create = operation(OperationKind::create, manifest("same", mcp("OPEN")));
    EXPECT_EQ(as<Refused>(later.perform(create)).text, "create \"same\": somebody registered this name since the plan");
    Forge unaware("ASYNC");
    EXPECT_EQ(as<Refused>(unaware.perform(create)).text, "create \"same\": another one of this name is pending");
}

// A server with a limit of a few requests a minute, which somebody else has used up: the first 429 is the last request.
TEST(contextforge_pacing, the_first_429_ends_it) {
    Forge slow("SLOW");
    for (int i = 0; i < 100; ++i) {
        const auto answer = slow.raw("GET", "/v1/gateways?limit=1");
        ASSERT_EQ(answer.status, 200);
        if (header(answer.headers, "x-ratelimit-remaining") == "0") break;
    }
    const auto& pacing = slow.dialect().describe().pacing;
    PatientOptions patience;
    patience.concurrency = pacing.concurrency;
    patience.stop_at_first_429 = pacing.stop_at_first_429;
    ForgetfulClient counted(slow.http());
    PatientClient client(counted, slow.clock(), patience);
    const SecretStore none({}, {}, Secret());
    RestProvider provider(slow.dialect(), client, none, slow.clock());
    const auto look = [&] {
        return as<Refused>(run_to_end(slow.loop(), provider.perform(looking(OperationKind::preflight, ""), {})));
    };
    const auto first = look();
    EXPECT_EQ(first.kind, RefusalKind::busy);
    EXPECT_EQ(first.hint, "nothing more is sent for now: the fifth time locks the account for 15 minutes");
    for (int i = 0; i < 20; ++i) {
        const auto refused = look();
        EXPECT_EQ(refused.kind, RefusalKind::unreachable);
        EXPECT_NE(refused.text.find("held back: the control plane answered 429"), std::string::npos);
    }
    EXPECT_EQ(counted.sent["GET"], 1);
    // What it is spared: the fifth one locks the account for 15 minutes, and each after it begins them anew.
    for (int i = 0; i < 4; ++i) EXPECT_EQ(slow.raw("GET", "/v1/gateways?limit=1").status, 429);
    for (int i = 0; i < 2; ++i) {
        const auto locked = slow.raw("GET", "/v1/gateways?limit=1");
        EXPECT_EQ(parse_json(locked.body).value("error", ""), "Account locked");
        EXPECT_EQ(parse_json(locked.body).value("reset_in_seconds", 0), 900);
        EXPECT_EQ(header(locked.headers, "retry-after"), "900");
        run_to_end(slow.loop(), slow.clock().sleep(Milliseconds(1100)));
    }
}
