#include "base/json.h"
#include "notify/bodies.h"
#include "view/phrases.h"
#include "view/safe_text.h"

namespace kedge {

namespace {

constexpr const char* zero_width_space = "\xE2\x80\x8B";
constexpr std::size_t most_listed = 10;
constexpr std::size_t most_block = 2900; // Slack takes 3000 characters in one
constexpr std::size_t most_text = 12'000;

std::string_view mark(const Notice& notice) {
    if (notice.kind == "recovered") return "[ok]";
    switch (notice.severity) {
    case EventSeverity::info:
        return "[info]";
    case EventSeverity::warning:
        return "[warning]";
    case EventSeverity::error:
        break;
    }
    return "[error]";
}

std::string headline(const Notice& notice) {
    std::string text = std::string(mark(notice)) + " kedge";
    if (!notice.installation.empty()) text += " " + chat_text(notice.installation, 40);
    if (!notice.unit.empty()) text += ", unit " + chat_text(notice.unit, 40);
    if (notice.kind == "failing") text += " fails";
    if (notice.kind == "recovered") text += " works again";
    if (notice.kind == "recovered" && notice.text == "works again") return text;
    if (!notice.text.empty()) text += ": " + chat_text(notice.text, 300);
    return text;
}

std::string origin_line(const Notice& notice) {
    std::string text;
    const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
    if (!notice.revision.id.empty()) add(chat_text(source_words(notice.revision), 200));
    if (!notice.target.empty()) add(chat_text(notice.target, 200));
    if (!notice.pass.empty()) add("pass " + chat_text(notice.pass, 60));
    return text;
}

std::string change_lines(const NoticeChange& change) {
    std::string text = change.action + " " + chat_text(change.name, 120) + ": " + change.result;
    if (change.drifted) text += ", changed by hand";
    if (!change.text.empty()) text += ": " + chat_text(change.text, 300);
    if (!change.commit.empty()) text += "\ncommit " + chat_text(change.commit.substr(0, 7), 7);
    if (!change.commit.empty() && !change.author.empty()) text += " by " + chat_text(author_name(change.author), 60);
    if (!change.commit.empty() && !change.pull_request.empty()) text += ", pull request " + change.pull_request;
    for (const auto& hold : change.holds) {
        text += "\n" + hold.reason + ": " + chat_text(hold.text, 300);
        if (!hold.way_out.empty()) text += "\nto go on: " + chat_text(hold.way_out, 700);
    }
    return text;
}

std::vector<std::string> parts_of(const Notice& notice) {
    std::vector<std::string> parts;
    if (const auto origin = origin_line(notice); !origin.empty()) parts.push_back(origin);
    if (!notice.stopped.empty()) parts.push_back("ended early: " + chat_text(notice.stopped, 300));
    for (const auto& finding : notice.findings) parts.push_back("mistake: " + chat_text(finding, 300));
    int more = notice.changes_left_out;
    std::size_t listed = 0;
    for (const auto& change : notice.changes) {
        if (change.is_new && listed < most_listed) {
            parts.push_back(change_lines(change));
            ++listed;
        } else {
            ++more;
        }
    }
    if (more > 0 || notice.findings_left_out > 0) {
        std::string text;
        if (more > 0) text = counted(more, "more change", "more changes") + ", told before or left out here";
        if (notice.findings_left_out > 0)
            text += (text.empty() ? "" : "; ") + counted(notice.findings_left_out, "more mistake", "more mistakes");
        parts.push_back(text);
    }
    return parts;
}

Json block(const std::string& text) {
    return {{"type", "section"}, {"text", {{"type", "plain_text"}, {"emoji", false}, {"text", text}}}};
}

// At most so many bytes, on a boundary of UTF-8 and of an escape.
std::string cut(const std::string& text, std::size_t most) {
    if (text.size() <= most) return text;
    auto end = most - 3;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    const auto escape = text.rfind('&', end - 1);
    if (escape != std::string::npos && text.find(';', escape) >= end && end - escape < 6) end = escape;
    return text.substr(0, end) + "...";
}

} // namespace

std::string chat_text(const std::string& foreign, int width) {
    std::string text;
    const auto clean = shorten(visible(foreign), width);
    for (std::size_t i = 0; i < clean.size(); ++i) {
        const char c = clean[i];
        if (c == '&')
            text += "&amp;";
        else if (c == '<')
            text += "&lt;";
        else if (c == '>')
            text += "&gt;";
        else if (c == '`')
            text += '\'';
        else
            text += c;
        // Mentions, `[name](link)` and bare links end before they begin.
        const char next = i + 1 < clean.size() ? clean[i + 1] : ' ';
        if (c == '@' || (c == ']' && (next == '(' || next == '[' || next == ':')) || (c == ':' && next == '/'))
            text += zero_width_space;
    }
    return text;
}

std::string slack_body(const Notice& notice) {
    const auto head = headline(notice);
    auto text = head;
    Json blocks = Json::array({block(cut(head, most_block))});
    for (const auto& part : parts_of(notice)) {
        text += "\n" + part;
        blocks.push_back(block(cut(part, most_block)));
    }
    const Json json{{"text", cut(text, most_text)}, {"blocks", std::move(blocks)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace kedge
