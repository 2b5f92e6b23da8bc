// Commands that only look: explain, holds, show.
#include "base/failure.h"
#include "cli/exit_code.h"
#include "cli/looks.h"
#include "cli/saved_plan.h"
#include "io/run.h"
#include "view/json_view.h"
#include "view/text.h"

#include <algorithm>

namespace kedge {

namespace {

std::string owner_words(const Explained& about) {
    switch (about.ownership) {
    case Ownership::ours:
        return "managed by this unit";
    case Ownership::other_installation:
        return "managed by another installation of kedge (marker \"" + about.live->marker + "\")";
    case Ownership::foreign:
        break;
    }
    return "not managed by kedge";
}

std::string declaration_words(const Explained& about) {
    if (about.declared.empty()) return "declared: nowhere in this unit\n";
    std::string text;
    for (const auto& place : about.declared) text += "declared: " + to_text(place) + "\n";
    for (const auto& [line, commit] : about.authors) {
        if (line != about.declared.front().line) continue;
        text += "          written by commit " + commit.id.substr(0, 7) + " (" + commit.author + "): " + commit.title +
                "\n";
    }
    return text;
}

std::string live_words(const Explained& about) {
    if (!about.live) return "live:     not there\n";
    std::string text = "live:     id " + about.live->remote_id + ", " + about.live->type + ", " + owner_words(about);
    if (!about.live->version.empty()) text += ", last moved " + about.live->version;
    if (about.live->masked) text += "; it holds secrets that the control plane hides";
    return text + "\n";
}

std::string ledger_words(const Explained& about) {
    if (!about.owned) return "ledger:   nothing is known of it\n";
    const auto& owned = *about.owned;
    std::string text = "ledger:   ";
    text += owned.sent.empty() ? "owned, never written by this unit" : "owned and last written by this unit";
    if (!owned.commit.empty()) text += " from commit " + owned.commit.substr(0, 7);
    if (owned.undeclared != 0) text += "; gone from git since " + format_utc(owned.undeclared);
    return text + "\n";
}

// The line of the manifest that says what differs, and who wrote that line.
std::string differing_lines(const Explained& about) {
    if (!about.change || about.declared.empty()) return {};
    std::string text;
    for (const auto& difference : about.change->differences) {
        const int line = line_of(about, difference.path);
        if (line == 0) continue;
        text += "  " + difference.path + ": " + about.declared.front().file + ":" + std::to_string(line);
        if (const auto author = about.authors.find(line); author != about.authors.end())
            text += ", commit " + author->second.id.substr(0, 7) + " by " + author->second.author;
        text += "\n";
    }
    return text.empty() ? text : "Where the manifest says it:\n" + text;
}

void print_explanation(const Explained& about, const std::vector<PassRecord>& history, Terminal& terminal) {
    std::string text = declaration_words(about) + live_words(about) + ledger_words(about);
    if (!about.elsewhere.empty()) text += "elsewhere: unit \"" + about.elsewhere + "\" declares it\n";
    text += "\n";
    const auto style = terminal.style(false); // nothing is about to happen
    if (!about.findings.empty()) text += render_findings(about.findings, style) + "\n";
    if (about.change)
        text += render_change(*about.change, style) + differing_lines(about);
    else if (about.live && !about.declared.empty() && about.findings.empty())
        text += "Git and the control plane agree.\n";
    if (!history.empty()) text += "\nWhat was done:\n" + render_history(history, style);
    terminal.print(text);
}

} // namespace

int explain_command(Session& session, const Options& options, Terminal& terminal) {
    Json documents = Json::array();
    bool found = false;
    for (auto* unit : session.units) {
        const auto about = run_to_end(session.loop, unit->explain(options.name));
        if (!about.known()) continue;
        found = true;
        const auto history = run_to_end(session.loop, session.history(*unit, options.name, 5));
        if (options.output == Output::json)
            documents.push_back(explanation_json(about, history));
        else
            print_explanation(about, history, terminal);
    }
    if (!documents.empty()) print_documents(documents, terminal);
    if (found) return exit_ok;
    terminal.say("explain: \"" + options.name + "\" is neither in git nor live; `kedge plan` shows what is");
    return exit_error;
}

int holds_command(Session& session, const Options& options, Terminal& terminal) {
    auto looks = run_to_end(session.loop, look_at_all(session, terminal.progress()));
    Json documents = Json::array();
    for (auto& look : looks) {
        auto& plan = look.planned.plan;
        if (options.output == Output::json) documents.push_back(holds_json(plan));
        if (options.output == Output::json) continue;
        std::erase_if(plan.changes, [](const Change& change) { return !change.held(); });
        plan.findings.clear();
        const auto held = static_cast<int>(plan.changes.size());
        if (held == 0 && plan.revision.tip.empty()) {
            terminal.print("Unit \"" + plan.unit + "\": nothing is held.");
            continue;
        }
        terminal.print(render_holds(plan, terminal.style(true)));
    }
    if (options.output == Output::json) print_documents(documents, terminal);
    return exit_ok;
}

int show_command(const Options& options, Terminal& terminal) {
    const auto saved = load_plans(options.saved_plan);
    Plans plans;
    for (const auto& plan : saved) plans.push_back(&plan);
    show_plans(plans, options, terminal, false);
    return exit_ok;
}

} // namespace kedge
