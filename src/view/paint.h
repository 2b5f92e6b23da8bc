// Colours of a terminal, or none. Only text that went through visible() may be painted.
#pragma once
#include <string>
#include <string_view>

namespace kedge {

enum class Colour { plain, bold, dim, red, green, yellow, cyan };

class Paint final {
public:
    explicit Paint(bool on) : on_(on) {}

    std::string operator()(Colour colour, std::string_view text) const {
        const auto start = code(colour);
        if (!on_ || start.empty() || text.empty()) return std::string(text);
        return "\x1b[" + std::string(start) + "m" + std::string(text) + "\x1b[0m";
    }

private:
    static std::string_view code(Colour colour) {
        switch (colour) {
        case Colour::plain:
            break;
        case Colour::bold:
            return "1";
        case Colour::dim:
            return "2";
        case Colour::red:
            return "31";
        case Colour::green:
            return "32";
        case Colour::yellow:
            return "33";
        case Colour::cyan:
            return "36";
        }
        return "";
    }

    bool on_;
};

} // namespace kedge
