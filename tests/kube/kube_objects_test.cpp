#include "kube/kube_objects.h"

#include "tests/fuzz/kube_object_checks.h"
#include "tests/fuzz/replay.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

std::string wrong(const std::string& body) {
    try {
        static_cast<void>(read_kube_secret(body));
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "read";
}

std::string value_of(const std::string& base64) {
    const Json body{{"kind", "Secret"}, {"data", {{"key", base64}}}};
    return read_kube_secret(body.dump()).data.at("key").reveal();
}

} // namespace

TEST(kube_objects, decode_the_values_of_a_secret) {
    EXPECT_EQ(value_of(""), "");
    EXPECT_EQ(value_of("YQ=="), "a");
    EXPECT_EQ(value_of("YWI="), "ab");
    EXPECT_EQ(value_of("YWJj"), "abc");
    EXPECT_EQ(value_of("/+8A"), std::string("\xFF\xEF\0", 3));
}

TEST(kube_objects, refuse_what_is_no_secret_without_quoting_it) {
    EXPECT_EQ(wrong(R"({"kind":"ConfigMap"})"), "the answer is no Secret");
    EXPECT_EQ(wrong(R"({"kind":"Secret","data":{"a":"czNjcjN0*"}})"), "a value is no base64");
    EXPECT_EQ(wrong(R"({"kind":"Secret","data":{"a":"YW=j"}})"), "a value is no base64");
    EXPECT_EQ(wrong(R"({"kind":"Secret","data":{"a":"===="}})"), "a value is no base64");
    EXPECT_EQ(wrong(R"({"kind":"Secret","data":{"a":7}})"), "a value is no base64");
    EXPECT_EQ(wrong(R"({"kind":"Secret"})"), "read") << "a Secret may be empty";
}

TEST(kube_objects, know_the_names_that_kubernetes_allows) {
    EXPECT_TRUE(is_kube_name("mcp-tokens.v2"));
    for (const char* name : {"", "Mcp", "-mcp", "mcp-", "a/b", "a..b", "a b"}) EXPECT_FALSE(is_kube_name(name)) << name;
    EXPECT_TRUE(is_kube_key("GITHUB_TOKEN") && is_kube_key("tls.crt") && is_kube_key(".netrc"));
    for (const char* key : {"", ".", "..", "..data", "a/b", "a b"}) EXPECT_FALSE(is_kube_key(key)) << key;
}

TEST(kube_objects, survive_what_fuzzers_found) {
    fuzz::replay("kube_object", fuzz::check_kube_object);
}
