#include "tests/manifest/read.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

std::string with_header(const std::string& value) {
    return minimal + "auth_data:\n  type: header\n  headers:\n    Authorization: '" + value + "'\n";
}
std::string header_of(const LoadedFile& file) {
    return file.resources.at(0).document["auth_data"]["headers"]["Authorization"].get<std::string>();
}

} // namespace

TEST(secrets, references_in_secret_fields_are_recorded_and_stay_as_written) {
    const auto file = load(with_header("Bearer ${env:GITHUB_TOKEN}${file:/run/secrets/x}"));
    ASSERT_THAT(lines_of(file.findings), IsEmpty());
    EXPECT_EQ(header_of(file), "Bearer ${env:GITHUB_TOKEN}${file:/run/secrets/x}");
    EXPECT_THAT(file.resources[0].references,
                ElementsAre(SecretReference{"/auth_data/headers/Authorization", "env", "GITHUB_TOKEN"},
                            SecretReference{"/auth_data/headers/Authorization", "file", "/run/secrets/x"}));
}

TEST(secrets, a_unit_that_allows_none_takes_none) {
    EXPECT_THAT(load_problems(with_header("${env:A}"), LoadContext{}),
                ElementsAre("9:5 ${env:A} is not on this unit's list of secrets in auth_data.headers.Authorization | "
                            "add it to the unit's \"secrets\" setting, or write a tfy-secret:// reference"));
    LoadContext context;
    context.secret_allowed = [](const std::string& scheme, const std::string& name) {
        return scheme == "env" && name == "A";
    };
    EXPECT_THAT(load_problems(with_header("${env:A}"), context), IsEmpty());
    EXPECT_THAT(load_problems(with_header("${env:B}"), context),
                ElementsAre(HasSubstr("${env:B} is not on this unit's list")));
    EXPECT_THAT(load_problems(with_header("${file:A}"), context),
                ElementsAre(HasSubstr("${file:A} is not on this unit's list")));
}

TEST(secrets, a_doubled_dollar_is_a_literal_one) {
    const auto file = load(with_header("a$${env:A}b$$c$"));
    EXPECT_THAT(lines_of(file.findings), IsEmpty());
    EXPECT_EQ(header_of(file), "a${env:A}b$$c$");
    EXPECT_THAT(file.resources[0].references, IsEmpty());
    EXPECT_THAT(load_problems(with_header("$${env:A}${env:B}")),
                ElementsAre(HasSubstr("both a reference and $${ in auth_data.headers.Authorization")));
}

TEST(secrets, broken_references_are_errors) {
    EXPECT_THAT(load_problems(with_header("${vault:x}")),
                ElementsAre("9:5 unknown scheme \"vault\" in auth_data.headers.Authorization | write ${env:NAME}, "
                            "${file:PATH} or ${k8s:SECRET/KEY}; a literal ${ is written $${"));
    for (const char* name : {"mcp", "mcp/", "/token", "mcp/a/b", "mcp/to ken", ""}) {
        EXPECT_THAT(load_problems(with_header("${k8s:" + std::string(name) + "}")),
                    ElementsAre(HasSubstr("9:5 a reference to no key of a Secret")))
            << name;
    }
    EXPECT_THAT(load_problems(with_header("${k8s:mcp-tokens.v2/GITHUB_TOKEN}")), IsEmpty());
    EXPECT_THAT(load_problems(with_header("${TOKEN}")), ElementsAre(HasSubstr("9:5 a reference without a scheme")));
    EXPECT_THAT(load_problems(with_header("${env:A")), ElementsAre(HasSubstr("9:5 \"${\" without \"}\"")));
    EXPECT_THAT(load_problems(with_header("${env:1-2}")),
                ElementsAre(HasSubstr("9:5 a reference to no environment variable")));
    EXPECT_THAT(load_problems(with_header("${file:}")), ElementsAre(HasSubstr("9:5 a reference to no file")));
    EXPECT_THAT(load_problems(with_header("${file:/run/../etc/passwd}")),
                ElementsAre(HasSubstr("9:5 a reference to no file")));
}

TEST(secrets, references_elsewhere_are_errors) {
    const auto fields = "secret fields are auth_data.headers.*, auth_data.client_secret, auth_data.env.*, "
                        "auth_data.additional_token_params.*, additional_headers.*, servers.*.auth_data.headers.*, "
                        "x-kedge.gaia.proxy_auth_token, x-kedge.aeontel.connector_config.*";
    EXPECT_THAT(
        load_problems(minimal +
                      "display_name: ${env:TOKEN}\ntags: {a: '${file:x}'}\nx-kedge: {gaia: {b: ['${env:X}']}}\n"),
        ElementsAre("6:1 a secret reference in display_name, which is no secret field | " + std::string(fields),
                    HasSubstr("7:8 a secret reference in tags.a"),
                    HasSubstr("8:22 a secret reference in x-kedge.gaia.b.0")));
    EXPECT_THAT(load_problems(minimal + "display_name: ${OTHER} $${env:X}\n"), IsEmpty());
}

TEST(secrets, the_vendors_references_and_placeholders_pass) {
    for (const char* value : {"Bearer tfy-secret://tenant:group:key", "Bearer {{GITHUB_TOKEN}}"}) {
        const auto file = load(with_header(value));
        EXPECT_THAT(lines_of(file.findings), IsEmpty());
        EXPECT_EQ(header_of(file), value);
    }
}

TEST(secrets, clear_text_is_a_warning_that_does_not_show_it) {
    const auto file = load(with_header("Bearer abcdefghijklmnop"));
    EXPECT_THAT(lines_of(file.findings),
                ElementsAre("warning 9:5 auth_data.headers.Authorization looks like a secret in clear text | write a "
                            "tfy-secret:// or ${env:NAME} reference instead"));
    EXPECT_EQ(file.findings[0].excerpt, "    Authorization: ***");
    EXPECT_EQ(file.resources.size(), 1u);
    EXPECT_THAT(load_problems(minimal + "additional_headers: {X-Trace: abcdefghijklmnop}\n"), IsEmpty());
}

TEST(secrets, no_finding_shows_the_value_of_a_secret_field) {
    const std::string secret = "hunter2hunter2hunter2";
    for (const std::string& text :
         {minimal + "auth_data: {type: oauth2, client_secret: [" + secret + "]}\n",
          with_header(secret + "${x:" + secret + "}"), with_header("${env:" + secret + "-}"),
          minimal + "auth_data:\n  client_secret: " + secret + "\n  client_secret: " + secret + "\n",
          minimal + "auth_data:\n  client_secret: *" + "x " + secret + "\n",
          minimal + "additional_headers:\n  A: \"" + secret + "\n"}) {
        for (const auto& finding : load(text).findings) {
            EXPECT_THAT(finding.message + finding.hint + finding.excerpt, Not(HasSubstr(secret))) << text;
        }
    }
}
