#include "manifest/load.h"

#include "tests/manifest/read.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

LoadContext held() {
    LoadContext context;
    context.held_manifest = [](const std::string& path) { return path == "a.yaml"; };
    return context;
}

} // namespace

TEST(load, takes_a_manifest_with_its_place_and_lines) {
    const auto file = load("# comment\n" + minimal + "tags:\n  team: x\nfuture_field: {a: 1}\n");
    EXPECT_THAT(file.findings, IsEmpty());
    ASSERT_EQ(file.resources.size(), 1u);
    const auto& resource = file.resources[0];
    EXPECT_EQ(resource.type, "mcp-server/remote");
    EXPECT_EQ(resource.name, "github");
    EXPECT_EQ(to_text(resource.place), "a.yaml:2:1");
    EXPECT_EQ(resource.lines.at("/url"), 5);
    EXPECT_EQ(resource.lines.at("/tags/team"), 8);
    EXPECT_EQ(resource.document["future_field"], (Json{{"a", 1}}));
    EXPECT_THAT(file.documents, ElementsAre(0));
}

TEST(load, takes_json_and_several_documents_and_ignores_empty_ones) {
    const auto file = load(
        "---\n" + minimal + "---\n---\n" +
        R"({"type": "mcp-server/stdio", "name": "local", "description": "d", "command": "npx", "collaborators": []})" +
        "\n---\n");
    EXPECT_THAT(file.findings, IsEmpty());
    ASSERT_EQ(file.resources.size(), 2u);
    EXPECT_EQ(file.resources[1].name, "local");
    EXPECT_THAT(file.documents, ElementsAre(0, 2));
}

TEST(load, names_near_misses_of_a_type) {
    const auto file = load("name: x\ntype: mcp-servr/remote\n");
    EXPECT_THAT(lines_of(file.findings),
                ElementsAre("2:1 unknown type \"mcp-servr/remote\" | write mcp-server/remote"));
    EXPECT_THAT(file.invalid_names, ElementsAre("x"));
    EXPECT_THAT(load_problems("type: MCP-Server/Virtual\n"), ElementsAre(HasSubstr("write mcp-server/virtual")));
    EXPECT_THAT(
        load_problems("type: mcp-server/grpc\n"),
        ElementsAre("1:1 unknown type \"mcp-server/grpc\" | write one of mcp-server/remote, mcp-server/virtual, "
                    "mcp-server/openapi, mcp-server/stdio, mcp-server/tfy-managed"));
    EXPECT_THAT(load_problems("type: mcp-server/hosted-stdio\n"), ElementsAre(HasSubstr("write mcp-server/stdio")));
}

TEST(load, names_retired_types_and_the_way_out) {
    for (const char* type : {"provider-account/hosted-mcp-server", "provider-account/mcp-server-group",
                             "integration/mcp-server/hosted-mcp-server", "integration/mcp-server/custom",
                             "integration/mcp-server/remote", "integration/mcp-server/virtual"}) {
        const auto file = load("type: " + std::string(type) + "\nname: old\n");
        ASSERT_EQ(file.findings.size(), 1u) << type;
        EXPECT_EQ(file.findings[0].message, "type \"" + std::string(type) + "\" is gone");
        EXPECT_THAT(file.findings[0].hint, HasSubstr("mcp-server/"));
        EXPECT_EQ(file.findings[0].severity, Severity::error);
        EXPECT_THAT(file.invalid_names, ElementsAre("old"));
    }
}

TEST(load, counts_other_types_and_does_not_judge_them) {
    const auto file = load(
        "type: team\nname: t\nname: t2\n---\ntype: provider-account/openai\nx: !Ref y\n---\ntype: model\nwhen: yes\n");
    EXPECT_THAT(lines_of(file.findings), IsEmpty());
    EXPECT_EQ(file.other_types, 3);
    EXPECT_THAT(file.resources, IsEmpty());
}

TEST(load, a_type_that_stands_twice_is_an_error_whatever_it_says) {
    const auto file = load("type: team\nname: t\ntype: mcp-server/remote\n");
    EXPECT_THAT(lines_of(file.findings), ElementsAre(HasSubstr("duplicate key \"type\"")));
    EXPECT_THAT(file.invalid_names, ElementsAre("t"));
    EXPECT_EQ(file.other_types, 0);
}

TEST(load, a_document_without_type_is_an_error_where_it_looks_like_a_manifest) {
    for (const char* field : {"url: https://x.example", "servers: []", "collaborators: []"}) {
        const auto file = load("name: x\n" + std::string(field) + "\n");
        EXPECT_THAT(lines_of(file.findings), ElementsAre("1:1 no field \"type\", though this looks like a manifest | "
                                                         "write type: mcp-server/remote, or another type"));
        EXPECT_THAT(file.invalid_names, ElementsAre("x"));
    }
}

TEST(load, a_document_without_type_is_an_error_where_the_path_held_a_manifest) {
    EXPECT_THAT(load_problems("kind: Deployment\n", held()),
                ElementsAre(HasSubstr("1:1 no field \"type\", and this file held a manifest before")));
    EXPECT_THAT(load_problems("- a\n", held()),
                ElementsAre(HasSubstr("1:1 the document is a list, and this file held a manifest before")));
    EXPECT_THAT(
        load_problems("# gone\n", held()),
        ElementsAre(
            "0:0 the file held a manifest and holds none any more | delete the file to remove the registration"));
    EXPECT_TRUE(has_errors(load("", held()).findings));
}

TEST(load, any_other_document_without_type_is_one_warning) {
    EXPECT_THAT(
        load_problems("on: push\njobs: {a: !reference [b]}\n"),
        ElementsAre(
            "warning 1:1 no field \"type\": not a manifest, left alone | keep such files out with .kedgeignore"));
    EXPECT_THAT(load_problems("just text\n"),
                ElementsAre(HasSubstr("warning 1:1 the document is text: not a manifest, left alone")));
    EXPECT_THAT(load_problems("type: 5\n"),
                ElementsAre(HasSubstr("warning 1:1 \"type\" is a number: not a manifest, left alone")));
    EXPECT_THAT(load("# nothing\n").findings, IsEmpty());
}

TEST(load, tells_what_is_wrong_with_a_text_before_it_says_that_it_is_no_manifest) {
    const std::string way_out = " | write the value itself, or put the text in quotes";
    EXPECT_THAT(load_problems("<<: *base\nkind: x\n"),
                ElementsAre("1:5 alias \"*base\" without an anchor before it" + way_out));
    EXPECT_THAT(load_problems("name: *nope\n"),
                ElementsAre("1:7 alias \"*nope\" without an anchor before it" + way_out));
    EXPECT_THAT(load_problems("*nope\n"), ElementsAre("1:1 alias \"*nope\" without an anchor before it" + way_out));
    EXPECT_THAT(load_problems("a: &a [*a]\n"), ElementsAre("1:8 alias \"*a\" inside its own anchor" + way_out));
    EXPECT_THAT(load_problems("a: !!python/object:os.system {}\n"),
                ElementsAre("1:4 explicit tag \"!!python/object:os.system\" | remove the tag; put the value in quotes "
                            "where it is text"));
    EXPECT_THAT(load_problems("a: 1\na: 2\n"), ElementsAre(HasSubstr("warning 1:1 no field \"type\": not a manifest")))
        << "others may write what kedge does not";
    const auto beside = load(minimal + "---\na: *nope\n");
    EXPECT_THAT(lines_of(beside.findings), ElementsAre(HasSubstr("7:4 alias \"*nope\" without an anchor")));
    EXPECT_EQ(beside.resources.size(), 1u);
}

TEST(load, leaves_the_vendors_other_types_alone_as_long_as_they_are_yaml) {
    const auto valid = load("type: team\nname: &a x\nagain: *a\nround: &b [*b]\nbytes: !!binary aGk=\nown: !ref y\n");
    EXPECT_THAT(valid.findings, IsEmpty());
    EXPECT_EQ(valid.other_types, 1);
    const auto broken = load("type: team\nname: *nope\n");
    EXPECT_THAT(lines_of(broken.findings), ElementsAre(HasSubstr("2:7 alias \"*nope\" without an anchor before it")));
    EXPECT_EQ(broken.other_types, 0);
}

TEST(load, takes_nothing_of_a_file_that_is_no_valid_yaml) {
    const auto file = load(minimal + "---\nname: \"open\n");
    EXPECT_TRUE(file.unreadable);
    EXPECT_THAT(file.resources, IsEmpty());
    EXPECT_THAT(file.invalid_names, ElementsAre("github"));
    EXPECT_THAT(lines_of(file.findings),
                ElementsAre("7:7 not valid YAML: a quoted text begins here and never ends | close the quote"));
}

TEST(load, one_bad_document_leaves_the_others_of_its_file) {
    const auto file = load(minimal + "---\ntype: mcp-server/remote\nname: bad\n---\ntype: mcp-server/stdio\nname: "
                                     "good\ndescription: d\ncommand: npx\ncollaborators: []\n");
    ASSERT_EQ(file.resources.size(), 2u);
    EXPECT_EQ(file.resources[1].name, "good");
    EXPECT_THAT(file.documents, ElementsAre(0, 2));
    EXPECT_THAT(file.invalid_names, ElementsAre("bad"));
    for (const auto& finding : file.findings) EXPECT_EQ(finding.name, "bad");
}

TEST(load, a_manifest_with_a_duplicate_key_is_invalid) {
    const auto file = load(minimal + "url: https://other.example.com\n");
    EXPECT_THAT(file.resources, IsEmpty());
    EXPECT_THAT(file.invalid_names, ElementsAre("github"));
    ASSERT_EQ(file.findings.size(), 1u);
    EXPECT_EQ(file.findings[0].name, "github");
    EXPECT_EQ(file.findings[0].excerpt, "url: https://other.example.com");
}

TEST(load, takes_what_tfy_would_send_where_the_schema_agrees) {
    const auto file = load("type: mcp-server/remote\nname: 1e3\ndescription: 09\nurl: "
                           "https://x.example\ncollaborators: []\ntls_settings: {reject_unauthorized: no}\n");
    ASSERT_EQ(file.resources.size(), 1u) << testing::PrintToString(lines_of(file.findings));
    EXPECT_EQ(file.resources[0].name, "1e3");
    EXPECT_EQ(file.resources[0].document["description"], "09");
    EXPECT_EQ(file.resources[0].document["tls_settings"]["reject_unauthorized"], false);
    EXPECT_THAT(lines_of(file.findings),
                ElementsAre(HasSubstr("warning 2:1 name is unusual"),
                            "warning 2:7 \"1e3\" of name is taken as text, as tfy reads it | put it in quotes",
                            "warning 3:14 \"09\" of description is taken as text, as tfy reads it | put it in quotes",
                            "warning 6:37 \"no\" of tls_settings.reject_unauthorized is taken as false, as tfy reads "
                            "it | write false"));
}

TEST(load, refuses_what_tfy_would_send_as_something_else) {
    const auto text =
        "type: mcp-server/remote\nname: x-1\ndescription: yes\nurl: https://x.example\ncollaborators: []\n"
        "display_name: 012\ntags: {since: 2024-01-01, on: 1, ok: 5}\nfuture: [1:30]\n";
    EXPECT_THAT(
        load_problems(text),
        ElementsAre(
            "3:14 ambiguous value \"yes\" of description: tfy reads it as true | write \"yes\"",
            "6:15 ambiguous value \"012\" of display_name: tfy reads it as 10 | write \"012\"",
            "7:15 ambiguous value \"2024-01-01\" of tags.since: tfy fails on it | write \"2024-01-01\"",
            "7:27 ambiguous key \"on\": tfy sends it as \"true\" | write \"on\"",
            "8:10 ambiguous value \"1:30\" of future.0: tfy reads it as 90 | write \"1:30\", or 90 for the number"));
}

TEST(load, never_shows_an_ambiguous_secret) {
    const auto file = load(minimal + "auth_data: {type: header, headers: {X-Pin: 0123456}}\n");
    EXPECT_THAT(lines_of(file.findings), ElementsAre("6:37 auth_data.headers.X-Pin has a value that YAML 1.1 and 1.2 "
                                                     "read differently | put the value in quotes"));
    EXPECT_EQ(file.findings[0].excerpt.find("0123456"), std::string::npos);
}
