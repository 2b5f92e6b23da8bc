#include "model/secret_fields.h"
#include "tests/dialect/any_json.h"
#include "tests/dialect/truefoundry_world.h"

#include <algorithm>
#include <rapidcheck.h>
#include <stdexcept>

using namespace kedge;
using namespace kedge::testing;

namespace {

Json with_header(const Json& value) {
    auto manifest = manifest_of("github");
    manifest["auth_data"] = {{"type", "header"}, {"headers", {{"Authorization", value}}}};
    return manifest;
}

Json read_header(const Json& value) {
    return truefoundry()->read(row_with(with_header(value))).document["auth_data"]["headers"]["Authorization"];
}

Choices any_row(std::vector<std::uint8_t> bytes) {
    return Choices(std::move(bytes),
                   {"$kedge", "$$kedge", "id", "name", "fqn", "manifest", "auth_data", "headers", "type", "servers",
                    "client_secret", "tags", "updatedAt"},
                   {"", "***", "header", "masked", "x"});
}

bool holds_sentinel(const Json& value) {
    if (value.is_object() && value.contains("$kedge")) return true;
    if (!value.is_structured()) return false;
    return std::any_of(value.begin(), value.end(), [](const Json& item) { return holds_sentinel(item); });
}

} // namespace

TEST(truefoundry_read, takes_identity_from_the_row_and_the_document_from_the_manifest) {
    const auto live = truefoundry()->read(row_with(manifest_of("github")));
    EXPECT_EQ(live.remote_id, "cm1");
    EXPECT_EQ(live.name, "github");
    EXPECT_EQ(live.type, "mcp-server/remote");
    EXPECT_EQ(live.version, "2026-01-02T00:00:00.000Z");
    EXPECT_EQ(live.document, manifest_of("github"));
}

TEST(truefoundry_read, finds_the_name_in_three_places) {
    auto row = row_with(manifest_of("github"));
    row["name"] = "top";
    EXPECT_EQ(truefoundry()->read(row).name, "top");
    row.erase("name");
    row["manifest"].erase("name");
    row["fqn"] = "acme:mcp-server:from-fqn";
    EXPECT_EQ(truefoundry()->read(row).name, "from-fqn");
    row.erase("fqn");
    EXPECT_THROW(truefoundry()->read(row), std::invalid_argument);
}

TEST(truefoundry_read, masked_values_become_the_sentinel) {
    for (const char* text : {"", "*", "****", "••••", "<redacted>", "REDACTED", "[masked]", "Hidden", "sk-***",
                             "Bearer ****", "Bearer •••", "Bearer <redacted>", "  ", "ab***yz"}) {
        EXPECT_TRUE(is_masked(read_header(text))) << text;
    }
    EXPECT_TRUE(is_masked(read_header(nullptr)));
}

TEST(truefoundry_read, references_placeholders_and_clear_values_stay) {
    for (const char* text : {"tfy-secret://acme:group:key", "Bearer tfy-secret://acme:group:key", "Bearer {{API_KEY}}",
                             "{{HIDDEN}}", "s3cret", "a**b", "kedge-unresolved", "unredacted"}) {
        EXPECT_EQ(read_header(text), Json(text));
    }
    EXPECT_EQ(read_header(17), Json(17));
}

TEST(truefoundry_read, stars_outside_secret_fields_are_text) {
    auto manifest = manifest_of("github");
    manifest["description"] = "*** new ***";
    EXPECT_EQ(truefoundry()->read(row_with(manifest)).document["description"], "*** new ***");
}

TEST(truefoundry_read, a_null_client_secret_is_absent_and_an_empty_one_masked) {
    auto manifest = manifest_of("github");
    manifest["auth_data"] = {{"type", "oauth2"}, {"client_secret", nullptr}};
    const auto dialect = truefoundry();
    EXPECT_FALSE(dialect->canonical(dialect->read(row_with(manifest)).document)["auth_data"].contains("client_secret"));
    manifest["auth_data"]["client_secret"] = "";
    EXPECT_TRUE(is_masked(dialect->read(row_with(manifest)).document["auth_data"]["client_secret"]));
}

TEST(truefoundry_read, the_sentinel_of_a_stranger_is_not_ours) {
    for (const Json& forged : {Json{{"$kedge", "masked"}}, Json{{"$kedge", "unreadable"}}}) {
        const auto value = read_header(forged);
        EXPECT_FALSE(is_masked(value));
        EXPECT_FALSE(is_unreadable(value));
        EXPECT_EQ(value, (Json{{"$$kedge", forged["$kedge"]}}));
    }
    auto manifest = manifest_of("github");
    manifest["tags"]["$kedge"] = "masked";
    manifest["tags"]["$$kedge"] = "x";
    const auto tags = truefoundry()->read(row_with(manifest)).document["tags"];
    EXPECT_EQ(tags["$$kedge"], "masked");
    EXPECT_EQ(tags["$$$kedge"], "x");
}

TEST(truefoundry_read, our_own_block_is_dropped) {
    auto manifest = manifest_of("github");
    manifest["x-kedge"] = {{"prune", "never"}};
    EXPECT_FALSE(truefoundry()->read(row_with(manifest)).document.contains("x-kedge"));
}

TEST(truefoundry_read, an_id_may_be_a_number_or_missing) {
    auto row = row_with(manifest_of("github"));
    row["id"] = 42;
    EXPECT_EQ(truefoundry()->read(row).remote_id, "42");
    row.erase("id");
    EXPECT_EQ(truefoundry()->read(row).remote_id, "");
}

TEST(truefoundry_read, what_is_no_registration_is_said_so) {
    for (const Json& row : {Json(), Json(1), Json("row"), Json::array(), Json::object(), Json{{"manifest", nullptr}},
                            Json{{"manifest", "text"}}, Json{{"manifest", Json::object()}}}) {
        EXPECT_THROW(truefoundry()->read(row), std::invalid_argument) << row;
    }
}

TEST(truefoundry_read, refuses_rows_nested_too_deep) {
    Json deep = 1;
    for (int i = 0; i < 90; ++i) deep = Json::array({deep});
    auto manifest = manifest_of("github");
    manifest["tags"]["deep"] = deep;
    EXPECT_THROW(truefoundry()->read(row_with(manifest)), std::invalid_argument);
}

TEST(truefoundry_read, survives_any_row) {
    const auto dialect = truefoundry();
    EXPECT_TRUE(rc::check([&] {
        auto choices = any_row(*rc::gen::arbitrary<std::vector<std::uint8_t>>());
        Json row = choices.value(4);
        if (row.is_object()) row["manifest"] = choices.value(4);
        if (row.is_object()) row["name"] = "n";
        try {
            const auto live = dialect->read(row);
            auto document = live.document;
            for_each_secret(document, [](const std::string&, Json& value) {
                if (is_masked(value)) value = nullptr;
            });
            RC_ASSERT(!holds_sentinel(document));
            dialect->canonical(live.document);
        } catch (const std::invalid_argument&) {
        }
    }));
}
