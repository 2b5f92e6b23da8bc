#include "cli/command_table.h"

#include "cli/option_parts.h"

#include <algorithm>

namespace kedge {

namespace {

bool takes_a_word(const std::string& value) {
    return value == "FORMAT" || value == "WHICH" || value == "KIND";
}

// The parser knows which words it takes, and the help names them: those of its words that the parser takes.
std::vector<std::string> choices_of(CLI::Option& option, const std::string& help) {
    std::vector<std::string> found;
    constexpr const char* letters = "abcdefghijklmnopqrstuvwxyz-";
    CLI::Validator* check = nullptr;
    try {
        check = option.get_validator(0);
    } catch (const CLI::OptionNotFound&) {
        return found;
    }
    for (std::size_t at = 0; (at = help.find_first_of(letters, at)) != std::string::npos;) {
        const auto end = std::min(help.find_first_not_of(letters, at), help.size());
        const auto word = help.substr(at, end - at);
        at = end;
        const bool known = std::find(found.begin(), found.end(), word) != found.end();
        if (!known && (*check)(word).empty()) found.push_back(word);
    }
    return found;
}

CommandOption option_of(CLI::Option& from) {
    CommandOption option;
    for (const auto& name : from.get_snames()) option.names.push_back("-" + name);
    for (const auto& name : from.get_lnames()) option.names.push_back("--" + name);
    if (from.get_positional()) option.positional = from.get_name(true, false);
    option.help = from.get_description();
    option.environment = from.get_envname();
    option.required = from.get_required();
    const bool flag = from.get_type_size() == 0 || from.get_expected_max() == 0;
    if (!flag) option.value = from.get_type_name().empty() ? option.positional : from.get_type_name();
    if (takes_a_word(option.value)) option.choices = choices_of(from, option.help);
    option.repeatable = option.help.ends_with("(repeatable)");
    return option;
}

} // namespace

CommandTable command_table() {
    Options options;
    CLI::App app;
    make_parser(app, options);
    CommandTable table;
    table.about = app.get_description();
    table.footer = app.get_footer();
    for (auto* command : app.get_subcommands([](CLI::App*) { return true; })) {
        CommandEntry entry;
        entry.name = command->get_name();
        entry.aliases = command->get_aliases();
        entry.about = command->get_description();
        for (auto* option : command->get_options()) entry.options.push_back(option_of(*option));
        table.commands.push_back(std::move(entry));
    }
    return table;
}

} // namespace kedge
