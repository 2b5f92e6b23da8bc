// The block of one change as text for a terminal; shared by plan and report.
#pragma once
#include "model/change.h"
#include "view/paint.h"
#include "view/text.h"

#include <string>
#include <string_view>

namespace kedge {

class Sheet final {
public:
    explicit Sheet(const TextStyle& style);

    // Prose, wrapped; later lines are indented by `hang` more.
    void prose(int indent, std::string_view text, Colour colour = Colour::plain, int hang = 2);
    void line(std::string_view text = {}) { text_ += std::string(text) + "\n"; }
    // "  ~ github would be updated (mcp-server/remote, mcp/github.yaml:3)".
    void headline(std::string_view symbol, const Change& change, const std::string& fate, Colour colour);
    void differences(const Change& change);
    void cause_and_risk(const Change& change);
    void check(const Change& change);

    const Paint& paint() const { return paint_; }
    int width() const { return width_; }
    std::string take() { return std::move(text_); }

private:
    void field(const FieldDifference& difference, int path_width);

    Paint paint_;
    int width_;
    std::string text_;
};

Colour colour_of(Action action);

} // namespace kedge
