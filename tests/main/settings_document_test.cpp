// docs/settings.md shows the tables that the reader uses. KEDGE_REWRITE_DOCS=1 writes them anew.
#include "main/settings_previews.h"
#include "main/settings_tables.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

using namespace kedge;

namespace {

const std::string path = std::string(KEDGE_SOURCE_DIR) + "/docs/settings.md";

std::string table_of(const std::vector<SettingKey>& keys) {
    std::string text = "| key | | meaning |\n|---|---|---|\n";
    for (const auto& key : keys) {
        std::string choices;
        for (const auto& choice : key.choices) choices += (choices.empty() ? "`" : "`, `") + choice;
        if (!choices.empty()) choices = " (" + choices + "`)";
        text += "| `" + key.name + "` | " + (key.required ? "required" : "") + " | " + key.help + choices + " |\n";
    }
    return text;
}

// Puts `table` behind its marker, in place of the table that stands there.
std::string with_table(const std::string& document, const std::string& name, const std::string& table) {
    const auto marker = "<!-- table: " + name + " -->\n";
    const auto at = document.find(marker);
    EXPECT_NE(at, std::string::npos) << name;
    auto end = at + marker.size();
    while (document.compare(end, 1, "|") == 0) end = document.find('\n', end) + 1;
    return document.substr(0, at + marker.size()) + table + document.substr(end);
}

std::string table_of_options() {
    std::string text = "| provider | key | | meaning |\n|---|---|---|---|\n";
    for (const auto& entry : dialects()) {
        std::istringstream table(table_of(option_keys(entry)));
        for (std::string line; std::getline(table, line);) {
            if (line.starts_with("| `")) text += "| `" + entry.name + "` " + line + "\n";
        }
    }
    return text;
}

} // namespace

TEST(settings_document, shows_the_keys_that_are_read) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    auto expected = text.str();
    expected = with_table(expected, "root", table_of(root_keys()));
    expected = with_table(expected, "source", table_of(source_keys()));
    expected = with_table(expected, "target", table_of(target_keys()));
    expected = with_table(expected, "option", table_of_options());
    expected = with_table(expected, "unit", table_of(unit_keys()));
    expected = with_table(expected, "network", table_of(network_keys()));
    expected = with_table(expected, "limits", table_of(limit_keys()));
    expected = with_table(expected, "may", table_of(may_keys()));
    expected = with_table(expected, "history", table_of(history_keys()));
    expected = with_table(expected, "notify", table_of(notify_keys()));
    expected = with_table(expected, "previews", table_of(preview_keys()));
    expected = with_table(expected, "forges", table_of(forge_keys()));
    expected = with_table(expected, "app", table_of(forge_app_keys()));
    expected = with_table(expected, "repositories", table_of(preview_repository_keys()));
    expected = with_table(expected, "server", table_of(server_keys()));
    expected = with_table(expected, "tls", table_of(tls_keys()));
    expected = with_table(expected, "tokens", table_of(token_keys()));
    expected = with_table(expected, "trusted_proxies", table_of(proxy_keys()));
    expected = with_table(expected, "webhooks", table_of(webhook_keys()));
    expected = with_table(expected, "health", table_of(health_keys()));
    expected = with_table(expected, "server limits", table_of(serve_limit_keys()));
    if (std::getenv("KEDGE_REWRITE_DOCS") != nullptr) std::ofstream(path) << expected;
    EXPECT_EQ(text.str(), expected) << "docs/settings.md is out of date; run this test with KEDGE_REWRITE_DOCS=1";
}
