#include "cli/preview_output.h"

#include "base/failure.h"
#include "view/document.h"
#include "view/safe_text.h"

#include <fstream>

namespace kedge {

namespace {

// As GitHub and those who speak like it read it: `::error file=PATH,line=LINE,title=TITLE::MESSAGE`.
std::string escaped(const std::string& text, bool property) {
    std::string safe;
    for (const char c : text) {
        if (c == '%')
            safe += "%25";
        else if (c == '\r')
            safe += "%0D";
        else if (c == '\n')
            safe += "%0A";
        else if (property && c == ':')
            safe += "%3A";
        else if (property && c == ',')
            safe += "%2C";
        else
            safe += c;
    }
    return safe;
}

std::string workflow_command(const Json& annotation) {
    const auto level = text_under(annotation, "level") == "error" ? "error" : "warning";
    return std::string("::") + level + " file=" + escaped(visible(text_under(annotation, "path")), true) +
           ",line=" + std::to_string(count_at(annotation, "line")) +
           ",title=" + escaped(visible(text_under(annotation, "title")), true) +
           "::" + escaped(visible(text_under(annotation, "message")), false);
}

void add_to_summary(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::app);
    file << text;
    file.close();
    if (!file) throw Failure(NextAction::stop, "preview: write the summary \"" + path + "\": it cannot be written");
}

} // namespace

void show_preview(const Json& preview, const Options& options, Terminal& terminal) {
    const auto markdown = text_under(preview, "markdown");
    if (!options.summary.empty()) add_to_summary(options.summary, markdown);
    terminal.print(options.output == Output::json ? preview.dump(2, ' ', false, Json::error_handler_t::replace)
                                                  : markdown);
    if (!options.annotate) return;
    for (const auto& annotation : list_at(part_at(preview, "status"), "annotations"))
        terminal.say(workflow_command(annotation));
}

} // namespace kedge
