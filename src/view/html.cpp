#include "view/html.h"

#include "base/base64.h"
#include "base/digest.h"
#include "view/html_style.h"
#include "view/phrases.h"
#include "view/safe_text.h"

#include <algorithm>

namespace kedge::html {

std::string text(std::string_view foreign) {
    std::string safe;
    for (const char c : visible(foreign)) {
        switch (c) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&quot;";
            break;
        case '\'':
            safe += "&#39;";
            break;
        default:
            safe += c;
        }
    }
    return safe;
}

std::string code(std::string_view foreign) {
    return "<code>" + text(foreign) + "</code>";
}

std::string codes(const std::vector<std::string>& names, std::size_t most) {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i) shown.push_back(code(names[i]));
    if (shown.size() < names.size()) shown.push_back(std::to_string(names.size() - shown.size()) + " more");
    return joined(shown);
}

std::string link(const std::string& inner, std::string_view url) {
    if (!url.starts_with("https://") && !url.starts_with("http://")) return inner;
    return "<a href=\"" + text(url) + "\" rel=\"noopener noreferrer\">" + inner + "</a>";
}

std::string fold(const std::string& summary, const std::string& inner, bool open) {
    return std::string(open ? "<details open>" : "<details>") + "<summary>" + summary + "</summary>\n" + inner +
           "</details>\n";
}

std::string document(const Page& page) {
    std::string head =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n";
    if (page.refresh_s > 0)
        head += "<meta http-equiv=\"refresh\" content=\"" + std::to_string(page.refresh_s) + "\">\n";
    head += "<title>" + text(page.title) + "</title>\n<style>" + std::string(style_sheet) + "</style>\n</head>\n";
    return head + "<body>\n" + page.body + "</body>\n</html>\n";
}

std::string content_policy() {
    const auto digest = sha256(style_sheet);
    const std::string bytes(digest.bytes.begin(), digest.bytes.end());
    return "default-src 'none'; style-src 'sha256-" + base64(bytes) +
           "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
}

} // namespace kedge::html
