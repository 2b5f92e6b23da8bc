#include "provider/row_cutter.h"

#include "base/json.h"

#include <algorithm>
#include <simdjson.h>
#include <utility>

namespace kedge {

namespace {

namespace ondemand = simdjson::ondemand;

constexpr int depth_limit = 256;

constexpr std::size_t most_envelope_bytes = 64 * 1024;

// Ours alone: what a sink throws passes through.
struct Broken {
    std::string why;
};
[[noreturn]] void refuse(std::string why) {
    throw Broken{std::move(why)};
}

std::string_view trimmed(std::string_view text) {
    const auto last = text.find_last_not_of(" \t\r\n");
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool take_digits(std::string_view& text) {
    const bool any = !text.empty() && is_digit(text.front());
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
    return any;
}

// -?(0|[1-9]digits)(.digits)?([eE][+-]?digits)? of any size: a huge number is a row's own affair.
bool is_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.starts_with('0'))
        text.remove_prefix(1);
    else if (!take_digits(text))
        return false;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (!take_digits(text)) return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
        if (!take_digits(text)) return false;
    }
    return text.empty();
}

void check_scalar(std::string_view token) {
    if (token.starts_with('"')) return; // the first stage has seen its end
    if (token != "true" && token != "false" && token != "null" && !is_number(token)) refuse("no valid JSON");
}

// Where the id lies in a row, and what stands there.
struct Wanted {
    const std::vector<std::string>& path;
    std::string_view token;
};

bool leads_to(const Wanted* wanted, std::size_t level, ondemand::raw_json_string key) {
    return wanted && level < wanted->path.size() && key.unsafe_is_equal(wanted->path[level]);
}

// Follows one value to its end; simdjson checks commas, colons and brackets on the way. Scalars are looked at and
// skipped, never converted: a number may not fit, an escape may be no character.
void check(ondemand::value value, int depth, Wanted* wanted, std::size_t level) {
    if (depth > depth_limit) refuse("nested deeper than 256 levels");
    switch (value.type().value()) {
    case ondemand::json_type::object:
        for (auto field : value.get_object()) {
            const bool closer = leads_to(wanted, level, field.key().value());
            check(field.value().value(), depth + 1, closer ? wanted : nullptr, level + 1);
        }
        break;
    case ondemand::json_type::array:
        for (auto item : value.get_array()) check(item.value(), depth + 1, nullptr, 0);
        break;
    default:
        check_scalar(trimmed(value.raw_json_token()));
        if (wanted && level == wanted->path.size()) wanted->token = trimmed(value.raw_json_token());
    }
}

// The bytes of one value, checked.
std::string_view slice(ondemand::document& document, ondemand::value value, Wanted* wanted) {
    const auto token = value.raw_json_token();
    const auto kind = value.type().value();
    check(value, 0, wanted, 0);
    if (kind != ondemand::json_type::object && kind != ondemand::json_type::array) return trimmed(token);
    const char* end = document.current_location().value();
    return trimmed(std::string_view(token.data(), static_cast<std::size_t>(end - token.data())));
}

std::vector<std::string> segments_of(std::string_view pointer) {
    std::vector<std::string> segments;
    while (pointer.starts_with('/')) {
        pointer.remove_prefix(1);
        const auto end = std::min(pointer.find('/'), pointer.size());
        segments.emplace_back(pointer.substr(0, end));
        pointer.remove_prefix(end);
    }
    return segments;
}

bool is_id(std::string_view token) {
    return token.starts_with('"') ? token.size() > 2 : is_number(token);
}

// The envelope, member by member, down to the list: an empty one stands in place of the rows.
struct EnvelopeWalk {
    ondemand::document& document;
    const std::vector<std::string>& path;
    const std::string& rows_key;
    const std::function<void(ondemand::document&, ondemand::value)>& take_row;

    std::string below(ondemand::object object, std::size_t level) const {
        const auto& wanted = path[level];
        std::string members;
        std::string inner = "[]";
        bool found = false;
        for (auto field : object) {
            const std::string key(field.unescaped_key().value());
            ondemand::value value = field.value().value();
            if (key != wanted) {
                members += "," + Json(key).dump() + ":" + std::string(slice(document, value, nullptr));
                if (members.size() > most_envelope_bytes) refuse("an envelope of more than 64 KiB");
                continue;
            }
            if (std::exchange(found, true)) refuse("\"" + key + "\" stands twice");
            if (level + 1 < path.size()) {
                if (value.type().value() != ondemand::json_type::object) refuse("\"" + key + "\" is no object");
                inner = below(value.get_object().value(), level + 1);
                continue;
            }
            if (value.type().value() != ondemand::json_type::array) refuse("\"" + key + "\" is no list");
            for (auto item : value.get_array()) take_row(document, item.value());
        }
        if (!found) refuse("there is no list \"" + rows_key + "\"");
        return "{" + Json(wanted).dump() + ":" + inner + members + "}";
    }
};

} // namespace

struct RowCutter::Parser {
    ondemand::parser parser;
    std::vector<std::string> id_path;
    std::vector<std::string> rows_path;
};

RowCutter::RowCutter(ListShape shape) : shape_(std::move(shape)), parser_(std::make_unique<Parser>()) {
    parser_->id_path = segments_of(shape_.id_pointer);
    auto rows = "/" + shape_.rows_key;
    std::replace(rows.begin(), rows.end(), '.', '/');
    parser_->rows_path = segments_of(rows);
}
RowCutter::~RowCutter() = default;

CutPage RowCutter::cut(std::string_view body, const std::function<void(std::string_view row)>& row) {
    CutPage page;
    const std::function<void(ondemand::document&, ondemand::value)> take_row = [&](ondemand::document& document,
                                                                                   ondemand::value value) {
        const auto number = "row " + std::to_string(page.rows + 1);
        if (value.type().value() != ondemand::json_type::object) refuse(number + " is no object");
        Wanted id{parser_->id_path, {}};
        const auto bytes = slice(document, value, &id);
        if (bytes.size() > most_row_bytes) refuse(number + " has " + std::to_string(bytes.size()) + " bytes");
        if (!is_id(id.token)) refuse(number + " has no id");
        ids_.push_back(std::hash<std::string_view>{}(id.token));
        ++page.rows;
        if (row) row(bytes);
    };
    try {
        const simdjson::padded_string padded(body);
        ondemand::document document = parser_->parser.iterate(padded).value();
        if (shape_.rows_key.empty()) {
            if (document.type().value() != ondemand::json_type::array) refuse("the body is no list");
            for (auto item : document.get_array()) take_row(document, item.value());
            if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) refuse("no valid JSON");
            page.envelope = "[]";
            return page;
        }
        EnvelopeWalk walk{document, parser_->rows_path, shape_.rows_key, take_row};
        auto envelope = walk.below(document.get_object().value(), 0);
        if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) refuse("no valid JSON");
        page.envelope = std::move(envelope);
    } catch (const Broken& broken) {
        page.problem = broken.why;
    } catch (const simdjson::simdjson_error&) {
        page.problem = "no valid JSON";
    }
    return page;
}

bool RowCutter::ids_repeat() {
    std::sort(ids_.begin(), ids_.end());
    return std::adjacent_find(ids_.begin(), ids_.end()) != ids_.end();
}

} // namespace kedge
