// A text that no formatter, stream or JSON accepts: it can only be taken out by name, with reveal(). Its bytes are
// wiped when it dies (moved-from copies included).
#pragma once
#include <string>
#include <string_view>

namespace kedge {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() { wipe(); }

    bool empty() const { return text_.empty(); }
    const std::string& reveal() const { return text_; }

private:
    void wipe() noexcept;
    std::string text_;
};

// Replaces what looks like a credential in text of foreign origin: bearer and basic values, `sk-`/`tfy-`/`ghp_`-like
// tokens, user:password@ in URLs, JSON members named like secrets, and control characters. Cuts at `limit` bytes (on a
// UTF-8 boundary).
std::string scrub(std::string_view text, std::size_t limit = 300);

} // namespace kedge
