#include "view/phrases.h"
#include "view/safe_text.h"
#include "view/text.h"
#include "view/text_change.h"

namespace kedge {

namespace {

std::string headline(const PassRecord& record) {
    std::string text = format_utc(record.at);
    if (!record.revision.empty()) text += "  " + visible(record.revision.substr(0, 7));
    if (!record.title.empty()) text += "  " + shorten(visible(record.title), 72);
    if (!record.by.empty()) text += "  by " + author_name(record.by);
    return text;
}

// "commit 1a2b3c4 by Ann, pull request 12"; the title stands above where it is the pass's own commit.
std::string commit_words(const ChangeRecord& change, const PassRecord& record) {
    if (change.commit.empty()) return {};
    std::string text = "commit " + visible(change.commit.substr(0, 7));
    if (!change.author.empty()) text += " by " + author_name(change.author);
    if (!change.pull_request.empty()) text += ", pull request " + visible(change.pull_request);
    if (!change.commit_title.empty() && change.commit != record.revision)
        text += ": " + shorten(visible(change.commit_title), 72);
    return text;
}

std::string moved_words(const ChangeRecord& change) {
    if (change.moved_seen == 0) return {};
    std::string text = "by hand in the control plane";
    text += change.moved_after == 0
                ? ", first seen at " + format_utc(change.moved_seen)
                : " between " + format_utc(change.moved_after) + " and " + format_utc(change.moved_seen);

    if (!change.moved.empty()) text += ": " + some_of(change.moved, 8);
    return text;
}

std::string released_words(const ChangeRecord& change) {
    const auto& by = change.released_by;
    if (by.who.empty() && by.because.empty()) return {};
    std::string text = "released";
    if (!by.who.empty()) text += " by " + author_name(by.who);
    if (!by.because.empty()) text += ": " + shorten(visible(by.because), 200);
    return text;
}

} // namespace

std::string render_history(const std::vector<PassRecord>& records, const TextStyle& style) {
    Sheet sheet(style);
    if (records.empty()) sheet.line("Nothing was done yet, as far as this store remembers.");
    for (const auto& record : records) {
        sheet.line(sheet.paint()(Colour::bold, headline(record)));
        if (!record.stopped.empty()) sheet.prose(2, "ended early: " + visible(record.stopped), Colour::red);
        for (const auto& change : record.changes) {
            const bool done = change.result == "done";
            std::string text = visible(change.action) + " " + visible(change.name) + ": " + visible(change.result);
            if (change.forced) text += ", released";
            if (!change.text.empty()) text += ": " + visible(change.text);
            sheet.prose(2, text, done ? Colour::plain : Colour::yellow, 2);
            for (const auto& why : {commit_words(change, record), moved_words(change), released_words(change)}) {
                if (!why.empty()) sheet.prose(6, why, Colour::plain, 2);
            }
        }
    }
    return sheet.take();
}

} // namespace kedge
