// Each house rule, held against a sample that breaks it and one that does not: a checker that cannot fail checks
// nothing.
#include "tests/house/exceptions.h"
#include "tests/house/include_rules.h"
#include "tests/house/size_rules.h"
#include "tests/house/wording_rules.h"

#include <gtest/gtest.h>

namespace kedge::house {

namespace {

std::string repeat(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

std::string includes(std::string path, std::string text) {
    return describe(check_includes({{std::move(path), std::move(text)}}));
}

std::vector<std::string> names(std::string_view text) {
    std::vector<std::string> found;
    for (const FunctionSpan& span : functions_of(text)) found.push_back(span.name);
    return found;
}

} // namespace

TEST(IncludeRules, thinking_may_not_see_the_hands) {
    EXPECT_EQ(includes("src/plan/a.cpp", "#include \"model/plan.h\"\n\n#include \"store/ledger.h\"\n"),
              "src/plan/a.cpp:3: include: plan may not include store (\"store/ledger.h\")\n");
    EXPECT_EQ(includes("src/source/a.h", "#include \"manifest/load.h\"\n"),
              "src/source/a.h:1: include: source may not include manifest (\"manifest/load.h\")\n");
    EXPECT_EQ(includes("src/plan/a.cpp", "#include \"plan/compare.h\"\n#include \"base/glob.h\"\n#include <vector>\n"),
              "");
}

TEST(IncludeRules, only_the_provider_among_the_hands_knows_dialects) {
    EXPECT_EQ(includes("src/provider/a.h", "#include \"dialect/dialect.h\"\n"), "");
    EXPECT_NE(includes("src/store/a.h", "#include \"dialect/dialect.h\"\n"), "");
}

TEST(IncludeRules, the_sandbox_is_written_without_our_dialects) {
    EXPECT_EQ(includes("sandbox/a.h", "#include \"sandbox/b.h\"\n#include \"io/clock.h\"\n#include \"base/json.h\"\n"),
              "");
    EXPECT_NE(includes("sandbox/a.h", "#include \"dialect/truefoundry.h\"\n"), "");
    EXPECT_NE(includes("src/main/a.cpp", "#include \"sandbox/server.h\"\n"), "");
}

TEST(IncludeRules, the_pure_rooms_see_no_world) {
    for (const char* header : {"fstream", "filesystem", "thread", "mutex", "iostream", "boost/asio/awaitable.hpp",
                               "git2.h", "spdlog/spdlog.h", "unistd.h"}) {
        const std::string line = "#include <" + std::string(header) + ">\n";
        EXPECT_NE(includes("src/view/a.cpp", line), "") << header;
        EXPECT_NE(includes("src/base/a.h", line), "") << header;
    }
    EXPECT_EQ(includes("src/base/duration.h", "#include <chrono>\nusing S = std::chrono::seconds;\n"), "");
    EXPECT_EQ(includes("src/plan/a.cpp", "auto t = std::chrono::system_clock::now();\n"),
              "src/plan/a.cpp:1: include: pure room plan uses system_clock\n");
    EXPECT_EQ(includes("src/plan/a.cpp", "// never ask the system_clock\nauto s = \"getenv\";\n"), "");
}

TEST(IncludeRules, a_library_stays_in_its_room) {
    EXPECT_NE(includes("src/reconcile/a.cpp", "#include <git2.h>\n"), "");
    EXPECT_EQ(includes("src/source/a.cpp", "#include <git2.h>\n"), "");
    EXPECT_NE(includes("src/apply/a.cpp", "#include <boost/beast/http.hpp>\n"), "");
    EXPECT_NE(includes("src/apply/a.cpp", "#  include <SQLiteCpp/SQLiteCpp.h>\n"), "");
}

TEST(IncludeRules, an_include_names_its_room_in_quotes) {
    EXPECT_NE(includes("src/plan/a.cpp", "#include \"compare.h\"\n"), "");
    EXPECT_NE(includes("src/plan/a.cpp", "#include <model/plan.h>\n"), "");
}

TEST(IncludeRules, a_new_room_must_be_put_on_a_floor) {
    EXPECT_EQ(includes("src/attic/a.cpp", "int x;\n"),
              "src/attic/a.cpp: include: no floor has a room \"attic\"; name it in the table of the five floors\n");
}

TEST(SizeRules, a_file_of_401_lines_is_too_long) {
    EXPECT_TRUE(check_file_lengths({{"src/a/b.cpp", repeat("int x;\n", 400)}}).empty());
    EXPECT_EQ(describe(check_file_lengths({{"src/a/b.cpp", repeat("int x;\n", 401)}})),
              "src/a/b.cpp: file-length: 401 lines; split it by subject, 400 are the limit\n");
    EXPECT_TRUE(check_file_lengths({{"docs/a.md", repeat("text\n", 401)}}).empty());
}

TEST(SizeRules, a_function_of_61_lines_is_too_long) {
    const auto body = [](int lines) {
        return "int f(int a,\n      int b) {\n" + repeat("    a += b;\n", lines) + "}\n";
    };
    EXPECT_TRUE(check_function_lengths({{"src/a/b.cpp", body(57)}}).empty());
    EXPECT_EQ(describe(check_function_lengths({{"src/a/b.cpp", "int before;\n\n" + body(58)}})),
              "src/a/b.cpp:3: function-length: f has 61 lines; 60 are the limit\n");
}

TEST(SizeRules, functions_are_found_where_they_are) {
    EXPECT_EQ(
        names(
            "namespace a {\nclass B final : public C<int> {\n    int f() const { return 1; }\n};\n}\nint B::g() {}\n"),
        (std::vector<std::string>{"f", "B::g"}));
    EXPECT_EQ(names("A::A(int x) : a_{x}, b_{{1, 2}} {\n    if (x) { y(); }\n}\n"), std::vector<std::string>{"A::A"});
    EXPECT_EQ(names("const std::map<int, int> kTable{{1, 2}};\nint x = g(1);\nstd::vector<int> v = {1, 2};\n"),
              std::vector<std::string>{});
    EXPECT_EQ(names("TEST(Room, does_this) {\n}\ntemplate <class T> struct S {\n    T value() { return {}; }\n};\n"),
              (std::vector<std::string>{"Room, does_this", "value"}));
    EXPECT_EQ(names("const char* text = R\"(void fake() {)\";\n// void fake() {\nchar c = '{';\nint real() { return "
                    "1'000; }\n"),
              std::vector<std::string>{"real"});
}

TEST(SizeRules, operators_have_names_too) {
    EXPECT_EQ(
        names("S& S::operator=(S&& o) noexcept {\n    return *this;\n}\nbool operator<(A a, A b) { return true; }\n"),
        (std::vector<std::string>{"S::operator=", "operator<"}));
}

TEST(WordingRules, nothing_is_put_off) {
    const std::string later = "TO"
                              "DO";
    EXPECT_EQ(check_words({{"src/a/b.cpp", "int x;\n// " + later + ": more\n"}}).size(), 1U);
    EXPECT_EQ(check_words({{"script/demo", "# FIX"
                                           "ME\n"}})
                  .size(),
              1U);
    EXPECT_EQ(check_words({{"src/a/b.cpp", "int MASTO"
                                           "DON; // mktemp " +
                                               repeat("X", 6) + "\n"}})
                  .size(),
              0U);
}

TEST(WordingRules, no_path_of_a_machine_is_written_down) {
    const std::string path = "/wo"
                             "rk/";
    EXPECT_EQ(check_words({{"docs/a.md", "see " + path + "notes\n"}}).size(), 1U);
    EXPECT_EQ(check_words({{"docs/a.md", "see https://example.com" + path + "notes and src" + path + "x\n"}}).size(),
              0U);
}

TEST(WordingRules, no_room_could_hold_anything) {
    for (const char* path :
         {"src/util/a.h", "src/io/helpers.cpp", "src/core/a.h", "tests/common/a.cpp", "src/misc.h"}) {
        EXPECT_EQ(check_names({{path, ""}}).size(), 1U) << path;
    }
    EXPECT_EQ(check_names({{"src/plan/score.h", ""}, {"src/base/commonality.h", ""}}).size(), 0U);
}

TEST(WordingRules, a_header_opens_with_what_it_is) {
    const auto check = [](std::string text) { return check_headers({{"src/a/b.h", std::move(text)}}).size(); };
    EXPECT_EQ(check("// Digests.\n#pragma once\nint x;\n"), 0U);
    EXPECT_EQ(check("#pragma once\nint x;\n"), 1U);
    EXPECT_EQ(check("// Digests.\nint x;\n#pragma once\n"), 1U);
    EXPECT_EQ(check("// 1\n// 2\n// 3\n// 4\n#pragma once\n"), 1U);
}

TEST(WordingRules, a_room_without_tests_is_seen) {
    const std::vector<SourceFile> files{{"src/plan/a.cpp", ""}, {"src/view/a.cpp", ""}, {"tests/plan/a_test.cpp", ""}};
    EXPECT_EQ(describe(check_tests_mirror_rooms(files)), "tests/view: tests: no file here tests the room view\n");
}

TEST(WordingRules, a_decision_that_nobody_can_find_is_seen) {
    const std::vector<SourceFile> files{{"docs/decisions/README.md", "* [1](0001-one.md)\n"},
                                        {"docs/decisions/0001-one.md", ""},
                                        {"docs/decisions/0002-two.md", ""}};
    EXPECT_EQ(describe(check_decisions_are_listed(files)),
              "docs/decisions/0002-two.md: decision: is not linked from docs/decisions/README.md\n");
}

TEST(WordingRules, a_link_that_leads_nowhere_is_seen) {
    const std::vector<SourceFile> files{
        {"README.md",
         "[a](docs/a.md) [b](docs/b.md#part) [web](https://example.com/x)\n```\n[no](link)\n```\n[up](../x)\n"},
        {"docs/a.md", "[back](../README.md) [here](#part) [folder](../docs)\n"}};
    EXPECT_EQ(describe(check_links(files)), "README.md:1: link: \"docs/b.md\" leads nowhere\n"
                                            "README.md:5: link: \"../x\" leads nowhere\n");
}

TEST(Exceptions, excuse_what_they_name_and_nothing_else) {
    std::vector<Violation> mistakes;
    const auto exceptions = read_exceptions("# why\nfunction-length src/a.cpp f: one table of states\n", mistakes);
    ASSERT_EQ(exceptions.size(), 1U);
    EXPECT_EQ(exceptions[0].reason, "one table of states");
    EXPECT_TRUE(excuse({{"function-length", "src/a.cpp", 3, "f", ""}}, exceptions).empty());
    EXPECT_EQ(excuse({{"function-length", "src/a.cpp", 3, "g", ""}}, exceptions).size(), 2U); // g, and the unused line
}

TEST(Exceptions, fail_when_nothing_needs_them_and_when_they_give_no_reason) {
    std::vector<Violation> mistakes;
    EXPECT_TRUE(read_exceptions("file-length src/a.cpp\nfile-length src/b.cpp: \n", mistakes).empty());
    EXPECT_EQ(mistakes.size(), 2U);
    const auto exceptions = read_exceptions("file-length src/a.cpp: a generated table\n", mistakes);
    EXPECT_EQ(describe(excuse({}, exceptions)),
              "tests/house/exceptions.txt:1: exception: excuses nothing: file-length src/a.cpp \n");
}

} // namespace kedge::house
