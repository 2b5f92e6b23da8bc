// README.md shows what each control plane can, as its dialect describes it. KEDGE_REWRITE_DOCS=1 writes the table anew.
#include "dialect/dialects.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

using namespace kedge;

namespace {

const std::string path = std::string(KEDGE_SOURCE_DIR) + "/README.md";
const std::string marker = "<!-- table: providers -->\n";

std::string page_of(const DialectEntry& entry) {
    auto name = entry.name;
    std::replace(name.begin(), name.end(), '_', '-');
    return "docs/providers/" + name + ".md";
}

std::string yes_no(bool can) {
    return can ? "yes" : "no";
}

std::string joined(const std::vector<std::string>& parts, const std::string& between, const std::string& none) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : between) + part;
    return text.empty() ? none : text;
}

std::string in_code(const std::vector<std::string>& words) {
    std::vector<std::string> all;
    for (const auto& word : words) all.push_back("`" + word + "`");
    return joined(all, ", ", "");
}

std::string list_words(const Capabilities& can) {
    if (!can.list) return "no";
    std::vector<std::string> lacks;
    if (!can.list_has_total) lacks.emplace_back("no total");
    if (!can.list_rows_complete) lacks.emplace_back("short rows");
    return "yes" + (lacks.empty() ? std::string() : " (" + joined(lacks, ", ", "") + ")");
}

// Of a target with nothing set but what has to be.
std::unique_ptr<Dialect> plain(const DialectEntry& entry) {
    DialectOptions options;
    for (const auto& option : entry.options) {
        if (option.required && option.kind != OptionKind::credential)
            options[option.name] =
                option.choices.empty() ? "00000000-0000-4000-8000-000000000001" : option.choices.front();
    }
    return make_dialect(entry, options);
}

std::string table() {
    std::string text =
        "| provider | list | get | create | update | replace fields | delete | clears | write-only | dry "
        "run | assumptions |\n|---|---|---|---|---|---|---|---|---|---|---|\n";
    for (const auto& entry : dialects()) {
        const auto dialect = plain(entry);
        const auto& can = dialect->describe().can;
        const std::vector<std::string> cells{"[" + entry.name + "](" + page_of(entry) + ")",
                                             list_words(can),
                                             yes_no(can.get),
                                             yes_no(can.create),
                                             yes_no(can.update),
                                             in_code(can.replace_fields),
                                             yes_no(can.remove),
                                             can.clears,
                                             in_code(can.write_only),
                                             yes_no(can.rehearse),
                                             joined(can.assumptions, "; ", "")};
        for (const auto& cell : cells) text += "| " + cell + (cell.empty() ? "" : " ");
        text += "|\n";
    }
    return text;
}

} // namespace

TEST(providers_document, shows_what_the_dialects_describe) {
    std::ostringstream read;
    read << std::ifstream(path).rdbuf();
    const auto document = read.str();
    const auto at = document.find(marker);
    ASSERT_NE(at, std::string::npos);
    auto end = at + marker.size();
    while (document.compare(end, 1, "|") == 0) end = document.find('\n', end) + 1;
    const auto expected = document.substr(0, at + marker.size()) + table() + document.substr(end);
    if (std::getenv("KEDGE_REWRITE_DOCS") != nullptr) std::ofstream(path) << expected;
    EXPECT_EQ(document, expected) << "README.md is out of date; run this test with KEDGE_REWRITE_DOCS=1";
}

TEST(providers_document, every_provider_has_a_page_and_a_demo) {
    for (const auto& entry : dialects()) {
        for (const auto& file : {page_of(entry), "script/demo.d/" + entry.name + ".sh"})
            EXPECT_TRUE(std::ifstream(std::string(KEDGE_SOURCE_DIR) + "/" + file).good()) << file;
    }
}

TEST(provider_descriptions, hold_together) {
    for (const auto& entry : dialects()) {
        const auto dialect = plain(entry);
        const auto& it = dialect->describe();
        EXPECT_EQ(it.dialect, entry.name);
        EXPECT_FALSE(it.credentials.empty()) << entry.name;
        for (const auto& credential : it.credentials) {
            const bool known = credential.setting == "token" ||
                               std::any_of(entry.options.begin(), entry.options.end(), [&](const DialectOption& one) {
                                   return one.kind == OptionKind::credential && one.name == credential.setting;
                               });
            EXPECT_TRUE(known) << entry.name << " sends " << credential.setting << ", which no setting names";
        }
        if (it.can.list) {
            EXPECT_FALSE(it.list.id_pointer.empty()) << entry.name;
        }
        EXPECT_TRUE(it.can.find_by_name || !it.can.name_lookup_is_list) << entry.name;
        EXPECT_GE(it.pacing.concurrency, 1) << entry.name;
    }
}
