#include "manifest/schema.h"

#include "manifest/schema_table.h"
#include "model/secret_fields.h"
#include "tests/manifest/read.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

using namespace kedge;
using testing::ElementsAre;

namespace {

std::string read_source(const std::string& path) {
    std::ifstream file(std::string(KEDGE_SOURCE_DIR) + "/" + path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// Every field of the table with its dotted pattern, as secret_field_patterns() writes them.
void walk(const Shape& shape, const std::string& prefix,
          const std::function<void(const Field&, const std::string&)>& visit) {
    for (const auto& field : shape.fields) {
        const std::string path = prefix + field.key;
        visit(field, path);
        for (const auto* inner : field.shapes)
            walk(*inner, path + (field.type == FieldType::list ? ".*." : "."), visit);
    }
}

} // namespace

TEST(schema, knows_the_five_types) {
    EXPECT_THAT(manifest_types(), ElementsAre("mcp-server/remote", "mcp-server/virtual", "mcp-server/openapi",
                                              "mcp-server/stdio", "mcp-server/tfy-managed"));
    for (const auto& type : manifest_types()) EXPECT_EQ(classify({{"type", type}}).kind, DocumentClass::manifest);
    EXPECT_EQ(classify({{"type", "team"}}).kind, DocumentClass::other_type);
    EXPECT_EQ(classify({{"type", "gateway-plugin/mcp"}}).kind, DocumentClass::other_type);
    EXPECT_EQ(classify({{"type", "mcp-server"}}).kind, DocumentClass::near_miss);
    EXPECT_EQ(classify({{"type", "integration/mcp-server/new"}}).kind, DocumentClass::retired);
    EXPECT_EQ(classify({{"name", "x"}}).kind, DocumentClass::no_type);
    EXPECT_EQ(classify(Json::array()).kind, DocumentClass::no_type);
}

TEST(schema, its_secret_fields_are_those_of_the_model) {
    std::set<std::string> secrets;
    for (const auto* shape : manifest_shapes()) {
        walk(*shape, "", [&](const Field& field, const std::string& path) {
            if (field.secret) secrets.insert(field.type == FieldType::map ? path + ".*" : path);
        });
    }
    // Blocks of single control planes are no part of the table.
    secrets.insert({"x-kedge.gaia.proxy_auth_token", "x-kedge.aeontel.connector_config.*"});
    const auto& patterns = secret_field_patterns();
    EXPECT_EQ(secrets, std::set<std::string>(patterns.begin(), patterns.end()));
}

TEST(schema, json_schema_says_what_the_table_says) {
    const Json schema = manifest_schema();
    EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    ASSERT_EQ(schema["oneOf"].size(), 5u);
    const Json& remote = schema["$defs"]["remote"];
    EXPECT_EQ(remote["required"], (Json{"type", "name", "description", "url", "collaborators"}));
    EXPECT_EQ(remote["properties"]["type"]["const"], "mcp-server/remote");
    EXPECT_FALSE(remote.contains("additionalProperties"));
    ASSERT_EQ(remote["properties"]["auth_data"]["oneOf"].size(), 4u);
    EXPECT_EQ(remote["properties"]["auth_data"]["oneOf"][3], (Json{{"type", "null"}})) << "optional fields may be null";
    EXPECT_EQ(remote["properties"]["auth_data"]["oneOf"][0]["properties"]["auth_level"]["enum"],
              (Json{"global", "per_user", nullptr}));
    EXPECT_EQ(remote["properties"]["transport"]["deprecated"], true);
    EXPECT_EQ(remote["properties"]["auth_data"]["oneOf"][0]["properties"]["headers"]["writeOnly"], true);
    EXPECT_EQ(remote["properties"]["tls_settings"]["properties"]["reject_unauthorized"]["default"], true);
    EXPECT_EQ(schema["$defs"]["x-kedge"]["additionalProperties"], false);
}

TEST(schema, the_tables_in_the_documentation_are_up_to_date) {
    const auto page = read_source("docs/manifests.md");
    for (const auto* shape : manifest_shapes()) {
        EXPECT_NE(page.find(field_table_markdown(*shape)), std::string::npos)
            << "docs/manifests.md should hold this table:\n"
            << field_table_markdown(*shape);
    }
}

TEST(schema, the_manifests_of_the_demo_have_no_errors) {
    int manifests = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::string(KEDGE_SOURCE_DIR) + "/manifests")) {
        if (entry.path().extension() != ".yaml") continue;
        const auto file = load(read_source(entry.path().lexically_relative(KEDGE_SOURCE_DIR).string()));
        EXPECT_FALSE(has_errors(file.findings)) << entry.path() << testing::PrintToString(lines_of(file.findings));
        manifests += static_cast<int>(file.resources.size());
    }
    EXPECT_GE(manifests, 10);
}
