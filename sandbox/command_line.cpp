#include "sandbox/command_line.h"

#include "base/failure.h"
#include "sandbox/admin.h"

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
        text += "  " + padded(row.method, 7) + padded(row.pattern, 62) + " " + row.meaning + "\n";
    }
}

std::string api_text(const ApiEntry& entry) {
    std::string title = std::string(entry.name) + ": routes";
    if (!entry.prefix.empty()) title += " (under " + std::string(entry.prefix) + ")";
    std::string text;
    routes_text(text, title, entry.routes);
    text += "  tokens: " + std::string(entry.token_help) + "\n";
    text += std::string(entry.name) + ": knobs (--knob name=value)\n";
    for (const auto& knob : entry.knobs) {
        text += "  " + padded(knob.name + " = " + knob.value, 50) + " " + knob.meaning +
                (knob.choices.empty() ? "" : " (" + knob.choices + ")") + "\n";
    }
    return text;
}

} // namespace

const ApiEntry& api_of(const CommandLine& asked) {
    const ApiEntry* entry = api_entry(asked.api);
    if (entry) return *entry;
    std::string names;
    for (const auto& known : apis()) names += (names.empty() ? "" : ", ") + std::string(known.name);
    refuse({"api \"" + asked.api + "\": unknown; one of " + names + " is wanted"});
}

std::unique_ptr<ControlPlane> plane_of(const CommandLine& asked, PlaneOptions options) {
    std::vector<std::string> problems;
    const bool rooted =
        asked.base_path.empty() || (asked.base_path.starts_with('/') && !asked.base_path.ends_with('/'));
    if (!rooted) problems.push_back("base path \"" + asked.base_path + "\": /like/this is wanted");
    options.base_path = asked.base_path;
    auto plane = api_of(asked).make(std::move(options));
    Json values = Json::object();
    for (const auto& text : asked.knobs) {
        const auto equals = text.find('=');
        if (equals == std::string::npos) {
            problems.push_back("knob \"" + text + "\": name=value is wanted");
            continue;
        }
        const Json one = {{text.substr(0, equals), text.substr(equals + 1)}};
        if (auto problem = plane->turn_knobs(one, values.empty())) problems.push_back(*problem);
        values.update(one);
    }
    if (!problems.empty()) refuse(problems);
    for (auto& [token, person] : people_of(asked)) plane->ground().people().add(token, person);
    for (auto& fault : faults_of(asked)) plane->ground().faults().add(std::move(fault));
    return plane;
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

std::vector<std::pair<std::string, Person>> people_of(const CommandLine& asked) {
    std::vector<std::string> lines = token_lines(asked);
    if (lines.empty()) lines = api_of(asked).demo_tokens;
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

std::string list_text(const CommandLine& asked) {
    std::string text = "APIs (--api NAME)\n";
    for (const auto& entry : apis()) {
        text += "  " + padded(std::string(entry.name), 14) + " " + padded(std::string(entry.title), 13) + " " +
                std::string(entry.variants) + "\n";
    }
    for (const auto& entry : apis()) {
        if (!asked.api_given || entry.name == api_of(asked).name) text += "\n" + api_text(entry);
    }
    routes_text(text, "\nroutes of the admin port", Admin::routes());
    text += "\nfaults (--fault \"METHOD PATH KIND [count=1 skip=0 name=GLOB when=dry|real ...]\"; count=0: always)\n";
    for (const auto& row : fault_table()) {
        text += "  " + padded(std::string(row.name), 14) + " " + std::string(row.meaning) + "\n";
    }
    return text;
}

} // namespace kedge::sandbox
