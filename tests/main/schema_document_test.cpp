// docs/schema holds what `kedge schema` prints. KEDGE_REWRITE_DOCS=1 writes it anew.
#include "main/settings.h"
#include "main/wiring.h"
#include "tests/manifest/read.h"
#include "tests/schema/cases.h"

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

using namespace kedge;
using testing::IsEmpty;
using testing::Not;

TEST(schema_documents, are_what_the_binary_prints) {
    for (const std::string kind :
         {"manifest", "settings", "plan", "report", "explain", "holds", "history", "preview"}) {
        testing::internal::CaptureStdout();
        EXPECT_EQ(run_kedge({"schema", kind}, {}), 0);
        const auto printed = testing::internal::GetCapturedStdout();
        const auto path = std::string(KEDGE_SOURCE_DIR) + "/docs/schema/" + kind + ".json";
        if (std::getenv("KEDGE_REWRITE_DOCS") != nullptr) std::ofstream(path) << printed;
        std::ostringstream published;
        published << std::ifstream(path).rdbuf();
        EXPECT_EQ(published.str(), printed) << path << " is out of date; run this test with KEDGE_REWRITE_DOCS=1";
    }
}

TEST(schema_cases, of_settings_are_judged_alike_by_the_reader_and_the_schema) {
    const Json schema = settings_schema();
    SchemaChecker checker(schema);
    for (const auto& one : schema_cases("valid/settings.yaml")) {
        EXPECT_FALSE(has_errors(load_settings("kedge.yaml", one.text).findings)) << one.name;
        EXPECT_THAT(checker.problems(one.value), IsEmpty()) << one.name;
    }
    for (const auto& one : schema_cases("invalid/settings.yaml")) {
        EXPECT_TRUE(has_errors(load_settings("kedge.yaml", one.text).findings)) << one.name;
        EXPECT_THAT(checker.problems(one.value), Not(IsEmpty())) << one.name;
    }
}

TEST(schema_cases, of_manifests_are_judged_alike_by_the_reader_and_the_schema) {
    const Json schema = manifest_schema();
    SchemaChecker checker(schema);
    for (const std::string type : {"remote", "virtual", "openapi", "stdio", "tfy-managed", "x-kedge"}) {
        for (const auto& one : schema_cases("valid/" + type + ".yaml")) {
            EXPECT_THAT(checker.problems(one.value), IsEmpty()) << one.name;
            const auto file = load(one.text);
            EXPECT_FALSE(has_errors(file.findings)) << one.name << testing::PrintToString(lines_of(file.findings));
            EXPECT_EQ(file.resources.size(), 1u) << one.name;
        }
        for (const auto& one : schema_cases("invalid/" + type + ".yaml")) {
            EXPECT_THAT(checker.problems(one.value), Not(IsEmpty())) << one.name;
            EXPECT_TRUE(has_errors(load(one.text).findings)) << one.name;
        }
    }
}
