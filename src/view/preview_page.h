// A text that may not be longer than a forge takes: what always stands in it, and parts that are left out once there is
// no more room. For the comments of pull requests only.
#pragma once
#include <cstddef>
#include <string>

namespace kedge {

class PreviewPage final {
public:
    explicit PreviewPage(std::size_t limit) : limit_(limit) {}

    // Cut at the end of a line where even this is too much.
    void always(const std::string& text) {
        if (fits(text)) {
            text_ += text;
            return;
        }
        full_ = true;
        for (std::size_t from = 0; from < text.size();) {
            const auto line = text.substr(from, text.find('\n', from) + 1 - from);
            if (!fits(line)) return;
            text_ += line;
            from += line.size();
        }
    }
    // Whole or not at all; after the first that did not fit, nothing more.
    bool add(const std::string& text) {
        full_ = full_ || !fits(text);
        if (!full_) text_ += text;
        return !full_;
    }
    // Room for what closes something that was opened: given back by close().
    bool open(const std::string& text, const std::string& closing) {
        if (!add(text + closing)) return false;
        text_.resize(text_.size() - closing.size());
        reserved_ += closing.size();
        return true;
    }
    void close(const std::string& closing) {
        reserved_ -= closing.size();
        text_ += closing;
    }
    const std::string& text() const { return text_; }

private:
    bool fits(const std::string& text) const { return text_.size() + text.size() + reserved_ <= limit_; }

    std::size_t limit_;
    std::string text_;
    std::size_t reserved_ = 0;
    bool full_ = false;
};

} // namespace kedge
