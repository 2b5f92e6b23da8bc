#include "manifest/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace kedge {

namespace {

constexpr std::string_view digits = "0123456789";

bool only(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}
bool number_of(std::string_view text) {
    return !text.empty() && only(text, digits);
}
bool any_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

bool take_sign(std::string_view& text) {
    const bool negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    return negative;
}

std::string without_underscores(std::string_view text) {
    std::string clean(text);
    std::erase(clean, '_');
    return clean;
}

// Null where 64 bits are not enough, or where there is no digit at all.
Json integer(std::string_view text, int base, bool negative) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return nullptr;
    if (!negative || value == 0) return value;
    if (value > std::uint64_t{1} << 63) return nullptr;
    return static_cast<std::int64_t>(~value + 1);
}

Json finite(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json floating(std::string_view text, bool negative) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) {
        // Too small is zero, as every reader has it; too large is infinite, which JSON cannot say.
        const auto exponent = text.find_first_of("eE");
        if (exponent == std::string_view::npos || exponent + 1 >= text.size() || text[exponent + 1] != '-')
            return nullptr;
        value = 0;
    } else if (error != std::errc{} || end != text.data() + text.size()) {
        return nullptr;
    }
    return finite(negative ? -value : value);
}

// `(:[0-5]?[0-9])+`
bool sixties(std::string_view text) {
    if (text.empty()) return false;
    while (!text.empty()) {
        if (text.front() != ':') return false;
        text.remove_prefix(1);
        const auto part = text.substr(0, text.find(':'));
        if (part.empty() || part.size() > 2 || !number_of(part) || (part.size() == 2 && part[0] > '5')) return false;
        text.remove_prefix(part.size());
    }
    return true;
}

Json sexagesimal(std::string_view text, bool negative) {
    std::uint64_t value = 0;
    while (true) {
        const auto part = text.substr(0, text.find(':'));
        std::uint64_t digit = 0;
        if (std::from_chars(part.data(), part.data() + part.size(), digit).ec != std::errc{}) return nullptr;
        std::uint64_t next = 0;
        if (__builtin_mul_overflow(value, std::uint64_t{60}, &next) || __builtin_add_overflow(next, digit, &value))
            return nullptr;
        if (part.size() == text.size()) break;
        text.remove_prefix(part.size() + 1);
    }
    return integer(std::to_string(value), 10, negative);
}

Json sexagesimal_float(std::string_view text, bool negative) {
    double value = 0;
    while (true) {
        const auto part = text.substr(0, text.find(':'));
        const Json digit = floating(part, false);
        if (!digit.is_number()) return nullptr;
        value = value * 60 + digit.get<double>();
        if (part.size() == text.size()) break;
        text.remove_prefix(part.size() + 1);
    }
    return finite(negative ? -value : value);
}

std::optional<Json> integer11(std::string_view text) {
    const bool negative = take_sign(text);
    if (text.empty()) return std::nullopt;
    if (text.size() > 2 && text.starts_with("0b") && only(text.substr(2), "01_")) {
        return integer(without_underscores(text.substr(2)), 2, negative);
    }
    if (text.size() > 2 && text.starts_with("0x") && only(text.substr(2), "0123456789abcdefABCDEF_")) {
        return integer(without_underscores(text.substr(2)), 16, negative);
    }
    if (text.front() == '0') {
        if (!only(text, "01234567_")) return std::nullopt;
        return integer(without_underscores(text), 8, negative);
    }
    if (text.front() < '1' || text.front() > '9') return std::nullopt;
    const auto first = text.substr(0, text.find(':'));
    if (!only(first, "0123456789_")) return std::nullopt;
    if (first.size() == text.size()) return integer(without_underscores(text), 10, negative);
    if (!sixties(text.substr(first.size()))) return std::nullopt;
    return sexagesimal(without_underscores(text), negative);
}

// `([eE][-+][0-9]+)?`: the sign is a must in YAML 1.1.
bool exponent11(std::string_view text) {
    if (text.empty()) return true;
    return text.size() > 2 && (text[0] == 'e' || text[0] == 'E') && (text[1] == '-' || text[1] == '+') &&
           number_of(text.substr(2));
}

std::optional<Json> float11(std::string_view text) {
    const bool has_sign = !text.empty() && (text.front() == '-' || text.front() == '+');
    const bool negative = take_sign(text);
    if (any_of(text, {".inf", ".Inf", ".INF"})) return Json(nullptr);
    if (!has_sign && any_of(text, {".nan", ".NaN", ".NAN"})) return Json(nullptr);
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto whole = text.substr(0, dot);
    const auto rest = text.substr(dot + 1);
    const auto fraction = rest.substr(0, rest.find_first_not_of("0123456789_"));
    const auto tail = rest.substr(fraction.size());
    if (whole.empty()) {
        if (has_sign || fraction.empty() || fraction.front() == '_' || !exponent11(tail)) return std::nullopt;
        return floating(without_underscores(text), false);
    }
    if (whole.front() < '0' || whole.front() > '9') return std::nullopt;
    const auto first = whole.substr(0, whole.find(':'));
    if (!only(first, "0123456789_")) return std::nullopt;
    if (first.size() == whole.size()) {
        if (!exponent11(tail)) return std::nullopt;
        return floating(without_underscores(text), negative);
    }
    if (!tail.empty() || !sixties(whole.substr(first.size()))) return std::nullopt;
    return sexagesimal_float(without_underscores(text), negative);
}

// Takes between `least` and `most` digits, as many as there are.
bool take_digits(std::string_view& text, std::size_t least, std::size_t most) {
    std::size_t count = 0;
    while (count < most && count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
    text.remove_prefix(count);
    return count >= least;
}

bool take_char(std::string_view& text, std::string_view allowed) {
    if (text.empty() || allowed.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

void skip_blanks(std::string_view& text) {
    while (take_char(text, " \t")) {
    }
}

bool time_zone(std::string_view text) {
    skip_blanks(text);
    if (text == "Z") return true;
    if (!take_char(text, "+-") || !take_digits(text, 1, 2)) return false;
    return text.empty() || (take_char(text, ":") && take_digits(text, 2, 2) && text.empty());
}

bool is_timestamp(std::string_view text) {
    if (text.size() == 10 && number_of(text.substr(0, 4)) && text[4] == '-' && number_of(text.substr(5, 2)) &&
        text[7] == '-' && number_of(text.substr(8))) {
        return true;
    }
    if (!take_digits(text, 4, 4) || !take_char(text, "-") || !take_digits(text, 1, 2) || !take_char(text, "-") ||
        !take_digits(text, 1, 2)) {
        return false;
    }
    if (!take_char(text, "Tt")) {
        if (!take_char(text, " \t")) return false;
        skip_blanks(text);
    }
    if (!take_digits(text, 1, 2) || !take_char(text, ":") || !take_digits(text, 2, 2) || !take_char(text, ":") ||
        !take_digits(text, 2, 2)) {
        return false;
    }
    if (take_char(text, ".")) {
        while (take_char(text, digits)) {
        }
    }
    return text.empty() || time_zone(text);
}

bool is_null(std::string_view text) {
    return any_of(text, {"", "~", "null", "Null", "NULL"});
}
bool is_true(std::string_view text) {
    return any_of(text, {"true", "True", "TRUE"});
}
bool is_false(std::string_view text) {
    return any_of(text, {"false", "False", "FALSE"});
}

Json read11(std::string_view text) {
    if (is_null(text)) return nullptr;
    if (is_true(text) || any_of(text, {"yes", "Yes", "YES", "on", "On", "ON"})) return true;
    if (is_false(text) || any_of(text, {"no", "No", "NO", "off", "Off", "OFF"})) return false;
    if (auto number = float11(text)) return *number;
    if (auto number = integer11(text)) return *number;
    if (is_timestamp(text) || text == "=") return nullptr;
    return std::string(text);
}

std::optional<Json> float12(std::string_view text) {
    const std::string_view all = text;
    const bool negative = take_sign(text);
    if (any_of(text, {".inf", ".Inf", ".INF"}) || any_of(all, {".nan", ".NaN", ".NAN"})) return Json(nullptr);
    auto mantissa = text.substr(0, text.find_first_of("eE"));
    auto exponent = text.substr(mantissa.size());
    if (!exponent.empty()) {
        exponent.remove_prefix(1);
        take_sign(exponent);
        if (!number_of(exponent)) return std::nullopt;
    }
    const auto dot = mantissa.find('.');
    const auto whole = mantissa.substr(0, dot);
    const auto fraction = dot == std::string_view::npos ? std::string_view{} : mantissa.substr(dot + 1);
    if (!only(whole, digits) || !only(fraction, digits) || (whole.empty() && fraction.empty())) return std::nullopt;
    return floating(text, negative);
}

Json read12(std::string_view text) {
    if (is_null(text)) return nullptr;
    if (is_true(text)) return true;
    if (is_false(text)) return false;
    if (text.size() > 2 && text.starts_with("0o") && only(text.substr(2), "01234567"))
        return integer(text.substr(2), 8, false);
    if (text.size() > 2 && text.starts_with("0x") && only(text.substr(2), "0123456789abcdefABCDEF"))
        return integer(text.substr(2), 16, false);
    auto unsigned_text = text;
    const bool negative = take_sign(unsigned_text);
    if (number_of(unsigned_text)) return integer(unsigned_text, 10, negative);
    if (auto number = float12(text)) return *number;
    return std::string(text);
}

// Most scalars are words: they can be told by their first letter.
bool may_be_special(std::string_view text) {
    if (text.empty()) return true;
    const char first = text.front();
    if ((first >= '0' && first <= '9') || first == '+' || first == '-' || first == '.' || first == '=' || first == '~')
        return true;
    return text.size() <= 5 && std::string_view("yYnNtTfFoO").find(first) != std::string_view::npos;
}

} // namespace

ScalarReading read_plain(std::string_view text) {
    if (!may_be_special(text)) return {std::string(text), nullptr, true};
    ScalarReading reading{read12(text), read11(text), true};
    const bool same =
        reading.yaml12.is_number_float() == reading.yaml11.is_number_float() && reading.yaml12 == reading.yaml11;
    // A null that is not written as one: no JSON number can say it.
    reading.agree = same && (!reading.yaml12.is_null() || is_null(text));
    return reading;
}

std::optional<std::string> vendor_key(std::string_view text) {
    if (!may_be_special(text)) return std::string(text);
    const Json value = read11(text);
    if (value.is_string()) return value.get<std::string>();
    if (value.is_null() && !is_null(text)) return std::nullopt;
    return value.dump();
}

} // namespace kedge
