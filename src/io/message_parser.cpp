#include "io/message_parser.h"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <charconv>
#include <cstring>

namespace kedge {

namespace {

constexpr std::size_t smallest_read = 4 * 1024;
constexpr std::size_t first_capacity = 16 * 1024;
constexpr std::size_t most_capacity = 256 * 1024;
// A peer only announces a length; memory is taken as the bytes arrive beyond this.
constexpr std::uint64_t most_reserved = 1024 * 1024;
constexpr std::uint64_t most_reserved_for_a_stranger = 16 * 1024;

template<class Parser>
ErrorCode feed_any(Parser& parser, ReadBuffer& buffer) {
    while (!parser.is_done() && !buffer.empty()) {
        ErrorCode error;
        const std::size_t taken = parser.put(buffer.data(), error);
        buffer.consume(taken);
        if (error == boost::beast::http::error::need_more) return {};
        if (error) return error;
    }
    return {};
}

void reserve(std::string& body, const boost::optional<std::uint64_t>& length, std::uint64_t most) {
    if (length) body.reserve(static_cast<std::size_t>(std::min(*length, most)));
}

template<class View>
std::string text(View view) {
    return {view.data(), view.size()};
}

} // namespace

boost::asio::mutable_buffer ReadBuffer::space() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (capacity_ - end_ < smallest_read && begin_ > 0) {
        std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (capacity_ - end_ < smallest_read) grow(std::max(first_capacity, capacity_ * 2));
    return {bytes_.get() + end_, capacity_ - end_};
}

void ReadBuffer::grow(std::size_t capacity) {
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (end_ > begin_) std::memcpy(larger.get(), bytes_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    bytes_ = std::move(larger);
    capacity_ = capacity;
}

void ReadBuffer::commit(std::size_t count) {
    end_ += count;
    if (end_ == capacity_ && capacity_ < most_capacity) grow(capacity_ * 2);
}

void ReadBuffer::consume(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
}

RequestParser::RequestParser(const MessageLimits& limits) : most_headers_(limits.headers) {
    eager(true);
    header_limit(limits.header_bytes);
    body_limit(limits.body_bytes);
}

void RequestParser::on_request_impl(Verb, View method, View target, int, ErrorCode&) {
    request.method = text(method);
    request.target = text(target);
}

void RequestParser::on_field_impl(Field field, View name, View value, ErrorCode& error) {
    if (request.headers.size() >= most_headers_) {
        error = boost::beast::http::error::header_limit;
        return;
    }
    if (field == Field::expect && same_name({value.data(), value.size()}, "100-continue")) expects_continue = true;
    if (request.headers.empty()) request.headers.reserve(8);
    request.headers.emplace_back(text(name), text(value));
}

void RequestParser::on_body_init_impl(const Length& length, ErrorCode&) {
    reserve(request.body, length, most_reserved_for_a_stranger);
}

std::size_t RequestParser::on_body_impl(View body, ErrorCode&) {
    request.body.append(body.data(), body.size());
    return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, View body, ErrorCode&) {
    request.body.append(body.data(), body.size());
    return body.size();
}

ResponseParser::ResponseParser(const MessageLimits& limits) {
    eager(true);
    header_limit(limits.header_bytes);
    body_limit(limits.body_bytes);
}

void ResponseParser::on_response_impl(int status, View, int, ErrorCode&) {
    response.status = status;
}

void ResponseParser::on_field_impl(Field, View name, View value, ErrorCode&) {
    if (response.headers.empty()) response.headers.reserve(8);
    response.headers.emplace_back(text(name), text(value));
}

void ResponseParser::on_body_init_impl(const Length& length, ErrorCode&) {
    reserve(response.body, length, most_reserved);
}

std::size_t ResponseParser::on_body_impl(View body, ErrorCode&) {
    response.body.append(body.data(), body.size());
    return body.size();
}

std::size_t ResponseParser::on_chunk_body_impl(std::uint64_t, View body, ErrorCode&) {
    response.body.append(body.data(), body.size());
    return body.size();
}

ErrorCode feed(RequestParser& parser, ReadBuffer& buffer) {
    return feed_any(parser, buffer);
}

ErrorCode feed(ResponseParser& parser, ReadBuffer& buffer) {
    return feed_any(parser, buffer);
}

bool header_is_clean(std::string_view name, std::string_view value) {
    const auto breaks_name = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte >= 0x7f || c == ':';
    };
    const auto breaks_value = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    };
    return !name.empty() && std::none_of(name.begin(), name.end(), breaks_name) &&
           std::none_of(value.begin(), value.end(), breaks_value);
}

bool target_is_clean(std::string_view target) {
    const auto breaks = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte >= 0x7f || c == '#';
    };
    return !target.empty() && target.front() == '/' && std::none_of(target.begin(), target.end(), breaks);
}

bool same_name(std::string_view left, std::string_view right) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return left.size() == right.size() &&
           std::equal(left.begin(), left.end(), right.begin(), [&](char a, char b) { return lower(a) == lower(b); });
}

void append_header(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
}

void append_number_header(std::string& head, std::string_view name, std::uint64_t value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    append_header(head, name, std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

} // namespace kedge
