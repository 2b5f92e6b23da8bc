#include "base/secret.h"

#include <openssl/crypto.h>
#include <regex>

namespace kedge {

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe();
        text_ = other.text_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        text_ = other.text_;
        other.wipe();
    }
    return *this;
}

void Secret::wipe() noexcept {
    OPENSSL_cleanse(text_.data(), text_.size());
    text_.clear();
}

namespace {

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        clean += byte < 0x20 || byte == 0x7f ? ' ' : c;
    }
    return clean;
}

void cut(std::string& text, std::size_t limit) {
    if (text.size() <= limit) return;
    std::size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    text += "...";
}

} // namespace

std::string scrub(std::string_view text, std::size_t limit) {
    // Bounded before any regular expression looks at it: foreign text can be megabytes long.
    std::string clean = printable(text.substr(0, 4 * limit + 1024));
    static const std::regex scheme(R"(\b(bearer|basic)\s+[A-Za-z0-9._~+/=:-]{4,})", std::regex::icase);
    static const std::regex token(
        R"(\b(sk|pk|gh[oprsu]|github_pat|glpat|xox[abp]|tfy|sec|s3cr3t|gr|eyJ)[-_][A-Za-z0-9._-]{8,}|\beyJ[A-Za-z0-9._-]{16,})");
    static const std::regex userinfo(R"((://)[^/@\s:]*:[^/@\s]+@)");
    static const std::regex member(
        R"((["']?[A-Za-z_-]*(?:secret|password|passwd|token|api[_-]?key|authorization)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;}]+))",
        std::regex::icase);
    clean = std::regex_replace(clean, scheme, "$1 ***");
    clean = std::regex_replace(clean, userinfo, "$1***@");
    clean = std::regex_replace(clean, member, "$1***");
    clean = std::regex_replace(clean, token, "***");
    cut(clean, limit);
    return clean;
}

} // namespace kedge
