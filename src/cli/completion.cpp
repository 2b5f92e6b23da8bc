#include "cli/completion.h"

#include <algorithm>

namespace kedge {

namespace {

enum class Fill { nothing, words, files, folders };

Fill fill_of(const CommandOption& option) {
    if (!option.choices.empty()) return Fill::words;
    const auto& value = option.value;
    if (value == "DIR") return Fill::folders;
    const bool file = value == "FILE" || value == "PATH" || value == "URL|PATH";
    return file ? Fill::files : Fill::nothing;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : between) + word;
    return text;
}

std::vector<std::string> names_of(const CommandEntry& command) {
    std::vector<std::string> names{command.name};
    names.insert(names.end(), command.aliases.begin(), command.aliases.end());
    return names;
}

// The first clause, without what a shell would take for its own inside of quotes.
std::string short_help(const std::string& help) {
    std::string text;
    for (const char c : help.substr(0, help.find_first_of(":;\n"))) {
        if (std::string_view("'\"`$\\[](){}").find(c) == std::string_view::npos) text += c;
    }
    return text;
}

const CommandOption* positional_of(const CommandEntry& command) {
    const auto found = std::find_if(command.options.begin(), command.options.end(),
                                    [](const CommandOption& option) { return !option.positional.empty(); });
    return found == command.options.end() ? nullptr : &*found;
}

std::string bash_fill(const CommandOption& option) {
    switch (fill_of(option)) {
    case Fill::words:
        return "mapfile -t COMPREPLY < <(compgen -W '" + joined(option.choices, " ") + "' -- \"$cur\")";
    case Fill::files:
        return "_kedge_files -f";
    case Fill::folders:
        return "_kedge_files -d";
    case Fill::nothing:
        break;
    }
    return "COMPREPLY=()";
}

// What follows a name that takes a value; every command's own, as a name may mean another thing elsewhere.
std::string bash_values(const CommandEntry& command) {
    std::string text;
    for (const auto& option : command.options) {
        if (option.value.empty() || option.names.empty()) continue;
        text += "            " + joined(option.names, " | ") + ")\n                " + bash_fill(option) +
                "\n                return ;;\n";
    }
    return text;
}

std::string bash_command(const CommandEntry& command) {
    std::vector<std::string> words;
    for (const auto& option : command.options) words.insert(words.end(), option.names.begin(), option.names.end());
    const auto* positional = positional_of(command);
    std::string text =
        "    " + joined(names_of(command), " | ") + ")\n        case $prev in\n" + bash_values(command) +
        "        esac\n        if [[ $cur == -* ]]; then\n            mapfile -t COMPREPLY < <(compgen -W '" +
        joined(words, " ") + "' -- \"$cur\")\n";
    if (positional != nullptr) {
        CommandOption word = *positional;
        word.value = positional->positional;
        text += "        else\n            " + bash_fill(word) + "\n";
    }
    return text + "        fi ;;\n";
}

std::string zsh_fill(const CommandOption& option) {
    switch (fill_of(option)) {
    case Fill::words:
        return "(" + joined(option.choices, " ") + ")";
    case Fill::files:
        return "_files";
    case Fill::folders:
        return "_files -/";
    case Fill::nothing:
        break;
    }
    return " ";
}

std::string zsh_option(const CommandOption& option) {
    const auto value = option.value.empty() ? std::string() : ":" + short_help(option.value) + ":" + zsh_fill(option);
    const auto rest = "[" + short_help(option.help) + "]" + value;
    const auto excluded = option.repeatable ? std::string("*") : "(" + joined(option.names, " ") + ")";
    std::string text;
    for (const auto& name : option.names) text += " \\\n            '" + excluded + name + rest + "'";
    return text;
}

std::string zsh_command(const CommandEntry& command) {
    std::string text = "        " + joined(names_of(command), "|") + ")\n            _arguments";
    for (const auto& option : command.options) text += zsh_option(option);
    if (const auto* positional = positional_of(command)) {
        CommandOption word = *positional;
        word.value = positional->positional;
        text += " \\\n            '1:" + short_help(positional->positional) + ":" + zsh_fill(word) + "'";
    }
    return text + " ;;\n";
}

std::string fish_option(const CommandEntry& command, const CommandOption& option) {
    std::string text = "complete -c kedge -n '__fish_seen_subcommand_from " + joined(names_of(command), " ") + "'";
    for (const auto& name : option.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (!option.value.empty()) text += " -r";
    switch (fill_of(option)) {
    case Fill::words:
        text += " -f -a '" + joined(option.choices, " ") + "'";
        break;
    case Fill::files:
        text += " -F";
        break;
    case Fill::folders:
        text += " -f -a '(__fish_complete_directories)'";
        break;
    case Fill::nothing:
        text += " -f";
        break;
    }
    return text + " -d '" + short_help(option.help) + "'\n";
}

std::string fish_positional(const CommandEntry& command) {
    const auto* positional = positional_of(command);
    if (positional == nullptr) return {};
    CommandOption word = *positional;
    word.value = positional->positional;
    const auto here = "complete -c kedge -n '__fish_seen_subcommand_from " + joined(names_of(command), " ") + "'";
    if (fill_of(word) == Fill::files) return here + " -F\n";
    return fill_of(word) == Fill::words ? here + " -f -a '" + joined(word.choices, " ") + "'\n" : std::string();
}

} // namespace

std::string bash_completion(const CommandTable& table) {
    std::vector<std::string> commands;
    std::string cases;
    for (const auto& command : table.commands) {
        const auto names = names_of(command);
        commands.insert(commands.end(), names.begin(), names.end());
        cases += bash_command(command);
    }
    return "# bash completion for kedge\n"
           "_kedge_files() {\n"
           "    compopt -o filenames 2>/dev/null\n"
           "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n"
           "}\n\n"
           "_kedge() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "    COMPREPLY=()\n"
           "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W '" +
           joined(commands, " ") +
           " --help' -- \"$cur\")\n"
           "        return\n"
           "    fi\n"
           "    case ${COMP_WORDS[1]} in\n" +
           cases +
           "    esac\n"
           "}\n\n"
           "complete -F _kedge kedge\n";
}

std::string zsh_completion(const CommandTable& table) {
    std::string list;
    std::string cases;
    for (const auto& command : table.commands) {
        for (const auto& name : names_of(command)) list += "        '" + name + ":" + short_help(command.about) + "'\n";
        cases += zsh_command(command);
    }
    return "#compdef kedge\n"
           "# zsh completion for kedge\n"
           "_kedge() {\n"
           "    local -a commands\n"
           "    commands=(\n" +
           list +
           "    )\n"
           "    if (( CURRENT == 2 )); then\n"
           "        _describe -t commands 'kedge command' commands\n"
           "        return\n"
           "    fi\n"
           "    local command=$words[2]\n"
           "    shift words\n"
           "    (( CURRENT-- ))\n"
           "    case $command in\n" +
           cases +
           "    esac\n"
           "}\n\n"
           "if [ \"$funcstack[1]\" = _kedge ]; then\n"
           "    _kedge \"$@\"\n"
           "else\n"
           "    compdef _kedge kedge\n"
           "fi\n";
}

std::string fish_completion(const CommandTable& table) {
    std::string text = "# fish completion for kedge\ncomplete -c kedge -f\n";
    for (const auto& command : table.commands) {
        for (const auto& name : names_of(command)) {
            text +=
                "complete -c kedge -n __fish_use_subcommand -a " + name + " -d '" + short_help(command.about) + "'\n";
        }
    }
    for (const auto& command : table.commands) {
        for (const auto& option : command.options) {
            if (!option.names.empty()) text += fish_option(command, option);
        }
        text += fish_positional(command);
    }
    return text;
}

} // namespace kedge
