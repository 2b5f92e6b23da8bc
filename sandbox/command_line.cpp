#include "sandbox/command_line.h"

#include "base/failure.h"
#include "sandbox/admin.h"
#include "sandbox/truefoundry.h"

#include <algorithm>
#include <fstream>

namespace kedge::sandbox {

namespace {

[[noreturn]] void refuse(const std::vector<std::string>& problems) {
    std::string text = "sandbox: read arguments: ";
    for (std::size_t i = 0; i < problems.size(); ++i) text += (i > 0 ? "; " : "") + problems[i];
    throw Failure(NextAction::stop, text);
}

std::vector<std::string> token_lines(const CommandLine& asked) {
    std::vector<std::string> lines = asked.tokens;
    if (asked.token_file.empty()) return lines;
    std::ifstream file(asked.token_file);
    if (!file) refuse({"token file \"" + asked.token_file + "\": cannot be read"});
    for (std::string line; std::getline(file, line);) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (!line.empty() && line.front() != '#') lines.push_back(line);
    }
    return lines;
}

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text;
}

void routes_text(std::string& text, const std::string& title, const std::vector<RouteRow>& rows) {
    text += title + "\n";
    for (const auto& row : rows) {
        text += "  " + padded(row.method, 7) + padded(row.pattern, 42) + " " + row.meaning + "\n";
    }
}

} // namespace

Knobs knobs_of(const CommandLine& asked) {
    Knobs knobs;
    std::vector<std::string> problems;
    for (const auto& text : asked.knobs) {
        const auto equals = text.find('=');
        if (equals == std::string::npos) {
            problems.push_back("knob \"" + text + "\": name=value is wanted");
        } else if (auto problem = set_knob(knobs, text.substr(0, equals), std::string_view(text).substr(equals + 1))) {
            problems.push_back(*problem);
        }
    }
    if (!problems.empty()) refuse(problems);
    return knobs;
}

std::vector<Fault> faults_of(const CommandLine& asked) {
    std::vector<Fault> faults;
    std::vector<std::string> problems;
    for (const auto& text : asked.faults) {
        FaultText parsed = parse_fault(text);
        if (!parsed.problem.empty()) problems.push_back("fault \"" + text + "\": " + parsed.problem);
        faults.push_back(std::move(parsed.fault));
    }
    if (!problems.empty()) refuse(problems);
    return faults;
}

std::vector<std::string> demo_tokens() {
    return {"tfy_sandbox_admin:admin", "tfy_sandbox_writer:writer", "tfy_sandbox_reader:reader",
            "tfy_sandbox_guest:guest"};
}

std::vector<std::pair<std::string, Person>> people_of(const CommandLine& asked) {
    std::vector<std::string> lines = token_lines(asked);
    if (lines.empty()) lines = demo_tokens();
    std::vector<std::pair<std::string, Person>> people;
    std::vector<std::string> problems;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto colon = lines[i].rfind(':');
        const auto role = colon == std::string::npos ? std::nullopt : role_from_text(lines[i].substr(colon + 1));
        if (!role || colon == 0) {
            problems.push_back("token " + std::to_string(i + 1) +
                               ": TOKEN:ROLE is wanted, with admin, writer, reader or guest");
            continue;
        }
        const auto same =
            std::count_if(people.begin(), people.end(), [&](const auto& p) { return p.second.role == *role; });
        const int number = same > 0 ? static_cast<int>(same) + 1 : 0;
        people.emplace_back(lines[i].substr(0, colon), person_of(*role, asked.tenant, number));
    }
    if (!problems.empty()) refuse(problems);
    return people;
}

std::string list_text() {
    std::string text;
    routes_text(text, "routes (under /api/svc/v1)", TrueFoundry::routes());
    routes_text(text, "\nroutes of the admin port", Admin::routes());
    text += "\nknobs (--knob name=value)\n";
    const Knobs defaults;
    for (const auto& row : knob_table()) {
        std::string choices;
        for (const auto choice : row.choices) choices += (choices.empty() ? "" : " | ") + std::string(choice);
        text += "  " + padded(std::string(row.name) + " = " + knob_text(defaults, row), 50) + " " +
                std::string(row.meaning) + (choices.empty() ? "" : " (" + choices + ")") + "\n";
    }
    text += "\nfaults (--fault \"METHOD PATH KIND [count=1 skip=0 name=GLOB when=dry|real ...]\"; count=0: always)\n";
    for (const auto& row : fault_table()) {
        text += "  " + padded(std::string(row.name), 14) + " " + std::string(row.meaning) + "\n";
    }
    return text;
}

} // namespace kedge::sandbox
