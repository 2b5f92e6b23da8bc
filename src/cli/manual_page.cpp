#include "cli/manual_page.h"

namespace kedge {

namespace {

// Text that roff must not take for its own: a backslash, a hyphen that is typed, a dot or a quote that begins a line.
std::string plain(const std::string& text) {
    std::string safe;
    bool begins = true;
    for (const char c : text) {
        if (begins && (c == '.' || c == '\'')) safe += "\\&";
        if (c == '\\')
            safe += "\\e";
        else if (c == '-')
            safe += "\\-";
        else
            safe += c;
        begins = c == '\n';
    }
    return safe;
}

std::string bold(const std::string& text) {
    return "\\fB" + plain(text) + "\\fR";
}

std::string italic(const std::string& text) {
    return "\\fI" + plain(text) + "\\fR";
}

std::string upper(std::string text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

std::string head(const std::string& name, const PageStamp& stamp, const std::string& about) {
    return ".TH " + upper(plain(name)) + " 1 " + stamp.date + " \"kedge " + stamp.version + "\" \"kedge\"\n.SH NAME\n" +
           plain(name) + " \\- " + plain(about) + "\n";
}

// The first clause: what the list of manual pages shows.
std::string short_about(const std::string& about) {
    auto text = about.substr(0, about.find_first_of(":;,\n"));
    if (!text.empty() && text.back() == '.') text.pop_back();
    return text;
}

std::string synopsis(const CommandEntry& command) {
    std::string line = bold("kedge " + command.name);
    for (const auto& option : command.options) {
        const bool named = !option.names.empty();
        if (!named || !option.required) continue;
        const auto form = bold(option.names.back()) + " " + italic(option.value);
        line += option.positional.empty() ? " " + form : " {" + italic(option.positional) + " | " + form + "}";
    }
    for (const auto& option : command.options) {
        if (option.positional.empty() || !option.names.empty()) continue;
        const auto word = italic(option.positional);
        line += option.required ? " " + word : " [" + word + "]";
    }
    return line + " [" + italic("OPTION") + "]...\n";
}

std::string option_text(const CommandOption& option) {
    std::string names;
    for (const auto& name : option.names) names += (names.empty() ? "" : ", ") + bold(name);
    if (!option.names.empty() && !option.value.empty()) names += " " + italic(option.value);
    if (!option.positional.empty()) names += (names.empty() ? "" : ", ") + italic(option.positional);
    std::string text = ".TP\n" + names + "\n" + plain(option.help);
    if (option.required) text += " (required)";
    if (!option.environment.empty()) text += "; else " + bold(option.environment) + " of the environment";
    return text + "\n";
}

std::string paragraphs(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        if (line.empty())
            out += ".PP\n";
        else if (line.starts_with("  "))
            out += ".RS 4\n.nf\n" + plain(line.substr(2)) + "\n.fi\n.RE\n";
        else
            out += plain(line) + "\n";
        at = end + 1;
    }
    return out;
}

} // namespace

std::string manual_of_kedge(const CommandTable& table, const PageStamp& stamp) {
    auto text = head("kedge", stamp, "keep registrations of MCP servers as a git repository says");
    text += ".SH SYNOPSIS\n" + bold("kedge") + " " + italic("COMMAND") + " [" + italic("OPTION") + "]...\n";
    text += ".SH DESCRIPTION\n" + paragraphs(table.about) + ".SH COMMANDS\n";
    for (const auto& command : table.commands) {
        text += ".TP\n" + bold("kedge-" + command.name) + "(1)\n" + plain(command.about) + "\n";
    }
    text += ".SH EXIT STATUS AND ENVIRONMENT\n" + paragraphs(table.footer);
    text += ".SH FILES\n.TP\n.I kedge.yaml\nThe settings, in the folder where kedge is started, or where " +
            bold("KEDGE_SETTINGS") + " says. The service reads " + italic("/etc/kedge/kedge.yaml") + ".\n";
    text += ".TP\n.I /var/lib/kedge\nThe store of the service: what kedge owns and sent. It must not be lost.\n";
    return text;
}

std::string manual_of_command(const CommandEntry& command, const PageStamp& stamp) {
    auto text = head("kedge-" + command.name, stamp, short_about(command.about));
    text += ".SH SYNOPSIS\n" + synopsis(command);
    for (const auto& alias : command.aliases) text += ".PP\nAlso called " + bold("kedge " + alias) + ".\n";
    text += ".SH DESCRIPTION\n" + paragraphs(command.about) + ".SH OPTIONS\n";
    for (const auto& option : command.options) text += option_text(option);
    return text + ".SH SEE ALSO\n" + bold("kedge") + "(1), for the exit status and the environment\n";
}

} // namespace kedge
