// Foreign text inside Markdown: it can start no mention, link, image, HTML, emphasis, table cell or command.
#pragma once
#include <string>
#include <string_view>

namespace kedge {

// Prose: every character that Markdown reads is escaped, mentions and addresses are broken by a zero-width space.
std::string markdown_text(std::string_view foreign);
// A code span; also inside a table cell.
std::string markdown_code(std::string_view foreign);
// The inside of a raw HTML element such as <code>, where Markdown is not read.
std::string html_text(std::string_view foreign);
// One line for a fenced block opened with ```: it must follow something else on its line.
std::string fenced_text(std::string_view foreign);
// A fenced block of one line, whatever it begins with.
std::string markdown_block(std::string_view foreign, std::string_view language);
// `text` is Markdown already; without an address that a browser follows it stays as it is.
std::string markdown_link(const std::string& text, std::string_view url);

} // namespace kedge
