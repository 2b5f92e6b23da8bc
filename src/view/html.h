// Pieces of self-contained HTML pages: no script, one style sheet of their own. Foreign text stays inside the place
// where it is put, as text that is seen.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace kedge::html {

// Of an element or of an attribute in double quotes: visible(), with the five characters that HTML reads escaped.
std::string text(std::string_view foreign);
std::string code(std::string_view foreign);
// "<code>a</code>, <code>b</code> and 7 more".
std::string codes(const std::vector<std::string>& names, std::size_t most);
// `inner` is HTML; without an address that a browser may follow it stays as it is.
std::string link(const std::string& inner, std::string_view url);
// `open`: unfolded at first.
std::string fold(const std::string& summary, const std::string& inner, bool open = false);

struct Page {
    std::string title; // plain text
    std::string body;  // HTML
    int refresh_s = 0; // comes again by itself; 0: not
};
std::string document(const Page& page);
// The value of Content-Security-Policy for such a page: nothing but its own style sheet, named by its digest.
std::string content_policy();

} // namespace kedge::html
