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

// "/meta/id" -> meta, id; "data.servers" with '.' -> data, servers
std::vector<std::string> segments_of(std::string_view path, char separator) {
    std::vector<std::string> segments;
    if (path.starts_with(separator)) path.remove_prefix(1);
    while (!path.empty()) {
        const auto end = std::min(path.find(separator), path.size());
        segments.emplace_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return segments;
}

bool is_id(std::string_view token) {
    return token.starts_with('"') ? token.size() > 2 : is_number(token);
}

} // namespace

struct RowCutter::Parser {
    ondemand::parser parser;
    std::vector<std::string> id_path;
    std::vector<std::string> rows_path;
};

RowCutter::RowCutter(ListShape shape) : shape_(std::move(shape)), parser_(std::make_unique<Parser>()) {
    parser_->id_path = segments_of(shape_.id_pointer, '/');
    parser_->rows_path = segments_of(shape_.rows_key.empty() ? shape_.or_key : shape_.rows_key, '.');
}
RowCutter::~RowCutter() = default;

// One page: its rows are handed on, the rest is copied member by member.
class RowCutter::Cutting final {
public:
    Cutting(RowCutter& cutter, ondemand::document& document, const std::function<void(std::string_view row)>& row,
            CutPage& page)
        : cutter_(cutter), document_(document), row_(row), page_(page) {}

    std::string body() {
        const auto& shape = cutter_.shape_;
        const bool bare = document_.type().value() == ondemand::json_type::array;
        if (bare && shape.rows_key.empty()) {
            take_rows(document_.get_array().value());
            return "[]";
        }
        if (cutter_.parser_->rows_path.empty()) refuse("the body is no list");
        return members_of(document_.get_object().value(), 0);
    }

private:
    std::string members_of(ondemand::object object, std::size_t level) {
        const auto& path = cutter_.parser_->rows_path;
        std::string members;
        bool found = false;
        for (auto field : object) {
            const std::string key(field.unescaped_key().value());
            ondemand::value value = field.value().value();
            const bool leads = key == path[level];
            if (leads && std::exchange(found, true)) refuse("\"" + key + "\" stands twice");
            members += (members.empty() ? "" : ",") + Json(key).dump() + ":";
            members += leads ? inside(key, value, level) : std::string(slice(document_, value, nullptr));
            if (members.size() > most_envelope_bytes) refuse("an envelope of more than 64 KiB");
        }
        if (!found) refuse("there is no list \"" + path[level] + "\"");
        return "{" + members + "}";
    }

    std::string inside(const std::string& key, ondemand::value value, std::size_t level) {
        const auto type = value.type().value();
        if (level + 1 < cutter_.parser_->rows_path.size()) {
            if (type != ondemand::json_type::object) refuse("\"" + key + "\" is no object");
            return members_of(value.get_object().value(), level + 1);
        }
        if (type != ondemand::json_type::array) refuse("\"" + key + "\" is no list");
        take_rows(value.get_array().value());
        return "[]";
    }

    void take_rows(ondemand::array array) {
        for (auto item : array) take_row(item.value());
    }

    void take_row(ondemand::value value) {
        const auto number = "row " + std::to_string(page_.rows + 1);
        if (value.type().value() != ondemand::json_type::object) refuse(number + " is no object");
        Wanted id{cutter_.parser_->id_path, {}};
        const auto bytes = slice(document_, value, &id);
        if (bytes.size() > most_row_bytes) refuse(number + " has " + std::to_string(bytes.size()) + " bytes");
        if (!is_id(id.token)) refuse(number + " has no id");
        cutter_.ids_.push_back(std::hash<std::string_view>{}(id.token));
        ++page_.rows;
        if (row_) row_(bytes);
    }

    RowCutter& cutter_;
    ondemand::document& document_;
    const std::function<void(std::string_view row)>& row_;
    CutPage& page_;
};

CutPage RowCutter::cut(std::string_view body, const std::function<void(std::string_view row)>& row) {
    CutPage page;
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        page.problem = "the answer is empty";
        return page;
    }
    try {
        const simdjson::padded_string padded(body);
        ondemand::document document = parser_->parser.iterate(padded).value();
        std::string envelope = Cutting(*this, document, row, page).body();
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
