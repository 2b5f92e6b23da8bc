// HTTP/1.1 messages from bytes and back. Beast's parser checks the syntax and the limits; its callbacks fill our plain
// values directly, so that a body is copied once. Used by the client and the server only.
#pragma once
#include "base/http_message.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace kedge {

using ErrorCode = boost::system::error_code;

// Received bytes that no parser has taken yet.
class ReadBuffer final {
public:
    boost::asio::mutable_buffer space(); // at least 4 KiB; larger after reads that filled it
    void commit(std::size_t count);
    boost::asio::const_buffer data() const { return {bytes_.get() + begin_, end_ - begin_}; }
    void consume(std::size_t count);
    bool empty() const { return begin_ == end_; }

private:
    void grow(std::size_t capacity);
    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

struct MessageLimits {
    std::uint32_t header_bytes = 64 * 1024;
    std::size_t headers = 200; // of a request
    std::uint64_t body_bytes = 0;
};

class RequestParser final : public boost::beast::http::basic_parser<true> {
public:
    explicit RequestParser(const MessageLimits& limits);
    HttpRequest request;
    bool expects_continue = false;

private:
    std::size_t most_headers_;
    using Verb = boost::beast::http::verb;
    using Field = boost::beast::http::field;
    using View = boost::beast::string_view;
    using Length = boost::optional<std::uint64_t>;
    void on_request_impl(Verb, View method, View target, int version, ErrorCode& error) override;
    void on_response_impl(int, View, int, ErrorCode&) override {}
    void on_field_impl(Field field, View name, View value, ErrorCode& error) override;
    void on_header_impl(ErrorCode&) override {}
    void on_body_init_impl(const Length& length, ErrorCode& error) override;
    std::size_t on_body_impl(View body, ErrorCode& error) override;
    void on_chunk_header_impl(std::uint64_t, View, ErrorCode&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t remaining, View body, ErrorCode& error) override;
    void on_finish_impl(ErrorCode&) override {}
};

class ResponseParser final : public boost::beast::http::basic_parser<false> {
public:
    explicit ResponseParser(const MessageLimits& limits);
    HttpResponse response;

private:
    using Verb = boost::beast::http::verb;
    using Field = boost::beast::http::field;
    using View = boost::beast::string_view;
    using Length = boost::optional<std::uint64_t>;
    void on_request_impl(Verb, View, View, int, ErrorCode&) override {}
    void on_response_impl(int status, View reason, int version, ErrorCode& error) override;
    void on_field_impl(Field, View name, View value, ErrorCode& error) override;
    void on_header_impl(ErrorCode&) override {}
    void on_body_init_impl(const Length& length, ErrorCode& error) override;
    std::size_t on_body_impl(View body, ErrorCode& error) override;
    void on_chunk_header_impl(std::uint64_t, View, ErrorCode&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t remaining, View body, ErrorCode& error) override;
    void on_finish_impl(ErrorCode&) override {}
};

// Gives the parser what is in the buffer. No error: look at is_done(); if not, more bytes are needed.
ErrorCode feed(RequestParser& parser, ReadBuffer& buffer);
ErrorCode feed(ResponseParser& parser, ReadBuffer& buffer);

// Names and values must not be able to end a header line.
bool header_is_clean(std::string_view name, std::string_view value);
bool target_is_clean(std::string_view target);
// Case-insensitive.
bool same_name(std::string_view left, std::string_view right);
// Appends "name: value\r\n".
void append_header(std::string& head, std::string_view name, std::string_view value);
void append_number_header(std::string& head, std::string_view name, std::uint64_t value);

} // namespace kedge
