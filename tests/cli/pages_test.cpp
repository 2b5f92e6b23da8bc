// Manual pages and completions say what the parser takes: every command, every name, and nothing else.
#include "cli/command_table.h"
#include "cli/completion.h"
#include "cli/manual_page.h"
#include "cli/options.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace {

const PageStamp stamp{"1.2.3", "2026-11-30"};

// The names that `kedge COMMAND --help` prints.
std::set<std::string> names_in_help(const std::string& command) {
    std::istringstream text(parse_options({command, "--help"}).text);
    std::set<std::string> names;
    for (std::string line; std::getline(text, line);) {
        if (!line.starts_with("  -")) continue;
        std::istringstream words(line);
        std::string word;
        words >> word;
        std::istringstream each(word);
        for (std::string name; std::getline(each, name, ',');) names.insert(name);
    }
    return names;
}

std::string in_roff(std::string name) {
    for (std::size_t at = 0; (at = name.find('-', at)) != std::string::npos; at += 2) name.replace(at, 1, "\\-");
    return name;
}

const CommandEntry& entry(const CommandTable& table, const std::string& name) {
    return *std::find_if(table.commands.begin(), table.commands.end(),
                         [&](const CommandEntry& command) { return command.name == name; });
}

const CommandOption& option(const CommandEntry& command, const std::string& name) {
    return *std::find_if(command.options.begin(), command.options.end(), [&](const CommandOption& one) {
        return one.positional == name || std::count(one.names.begin(), one.names.end(), name) > 0;
    });
}

// The part of a completion that belongs to one command.
std::string part(const std::string& text, const std::string& begin, const std::string& end) {
    const auto from = text.find(begin);
    if (from == std::string::npos) return {};
    return text.substr(from, text.find(end, from) - from);
}

} // namespace

TEST(command_table, holds_what_help_prints) {
    const auto table = command_table();
    EXPECT_GE(table.commands.size(), 20U);
    const auto help = parse_options({"--help"}).text;
    for (const auto& command : table.commands) {
        EXPECT_THAT(help, HasSubstr("  " + command.name));
        std::set<std::string> names;
        for (const auto& one : command.options) names.insert(one.names.begin(), one.names.end());
        EXPECT_EQ(names, names_in_help(command.name)) << command.name;
    }
}

TEST(command_table, knows_what_options_take) {
    const auto table = command_table();
    const auto& plan = entry(table, "plan");
    EXPECT_THAT(plan.aliases, ElementsAre("diff"));
    EXPECT_EQ(option(plan, "--allow-insecure").value, "");
    EXPECT_EQ(option(plan, "--settings").value, "FILE");
    EXPECT_EQ(option(plan, "--settings").environment, "KEDGE_SETTINGS");
    EXPECT_TRUE(option(plan, "--only").repeatable);
    EXPECT_THAT(option(plan, "--output").choices, ElementsAre("text", "json", "markdown"));
    EXPECT_THAT(option(plan, "--rehearse").choices, ElementsAre("always", "updates", "never"));
    EXPECT_THAT(option(entry(table, "history"), "--output").choices, ElementsAre("text", "json", "markdown", "jsonl"));
    EXPECT_THAT(option(entry(table, "schema"), "KIND").choices, testing::Contains("settings"));
    EXPECT_TRUE(option(entry(table, "release"), "DIGEST").required);
}

TEST(manual_page, names_every_option_of_its_command) {
    const auto table = command_table();
    const auto first = manual_of_kedge(table, stamp);
    for (const auto& command : table.commands) {
        EXPECT_THAT(first, HasSubstr("\\fBkedge\\-" + command.name + "\\fR(1)"));
        const auto page = manual_of_command(command, stamp);
        for (const auto& one : command.options) {
            for (const auto& name : one.names)
                EXPECT_THAT(page, HasSubstr("\\fB" + in_roff(name) + "\\fR")) << command.name;
            const auto positional = one.positional.empty() ? std::string() : "\\fI" + one.positional + "\\fR";
            EXPECT_THAT(page, HasSubstr(positional)) << command.name;
        }
    }
    EXPECT_THAT(first, HasSubstr(".TH KEDGE 1 2026-11-30 \"kedge 1.2.3\" \"kedge\"\n.SH NAME\nkedge \\- keep"));
}

TEST(manual_page, leaves_nothing_for_roff_to_interpret) {
    CommandEntry command;
    command.name = "try";
    command.about = "One\n.so /etc/passwd\n'dt\n  \\fBcode";
    const auto page = manual_of_command(command, stamp);
    EXPECT_THAT(page, HasSubstr("\n\\&.so /etc/passwd\n\\&'dt\n"));
    EXPECT_THAT(page, HasSubstr(".nf\n\\efBcode\n.fi"));
}

TEST(completion, offers_every_command_and_option) {
    const auto table = command_table();
    const auto bash = bash_completion(table);
    const auto zsh = zsh_completion(table);
    const auto fish = fish_completion(table);
    for (const auto& command : table.commands) {
        std::string names = command.name;
        for (const auto& alias : command.aliases) names += " | " + alias;
        const auto in_bash = part(bash, "    " + names + ")\n", "        fi ;;\n");
        for (char& c : names) c = c == ' ' ? '\0' : c;
        names.erase(std::remove(names.begin(), names.end(), '\0'), names.end());
        const auto in_zsh = part(zsh, "        " + names + ")\n", " ;;\n");
        EXPECT_FALSE(in_bash.empty() || in_zsh.empty()) << command.name;
        EXPECT_THAT(fish, HasSubstr("-n __fish_use_subcommand -a " + command.name + " -d "));
        for (const auto& one : command.options) {
            for (const auto& name : one.names) {
                EXPECT_THAT(in_bash, HasSubstr(name)) << command.name;
                EXPECT_THAT(in_zsh, HasSubstr(name + "[")) << command.name;
                const auto in_fish = name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
                EXPECT_THAT(fish, HasSubstr(in_fish)) << command.name;
            }
        }
    }
}

TEST(completion, keeps_what_a_shell_would_run_out_of_its_texts) {
    CommandTable table;
    CommandEntry command;
    command.name = "try";
    command.about = "it's `rm` $(rm)";
    CommandOption one;
    one.names = {"--one"};
    one.value = "TEXT";
    one.help = "a 'quote', [brackets], `rm -rf`, $HOME: more";
    command.options = {one};
    table.commands = {command};
    for (const auto& text : {zsh_completion(table), fish_completion(table)}) {
        EXPECT_THAT(text, HasSubstr("a quote, brackets, rm -rf, HOME"));
        EXPECT_THAT(text, HasSubstr("its rm rm"));
        EXPECT_THAT(text, Not(HasSubstr("`")));
    }
}
