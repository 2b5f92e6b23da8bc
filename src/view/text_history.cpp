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
        }
    }
    return sheet.take();
}

} // namespace kedge
