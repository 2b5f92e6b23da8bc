// HTTP requests and answers as plain values, shared by the pure dialects, the clients and the servers.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kedge {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method;
    std::string target; // path and query, percent-encoded, relative to the target's base URL; starts with '/'
    HttpHeaders headers;
    std::string body;
    bool only_looks = false; // changes nothing, whatever its method says: may be given up at any moment

    bool operator==(const HttpRequest&) const = default;
};

struct HttpResponse {
    int status = 0;
    HttpHeaders headers;
    std::string body;

    bool operator==(const HttpResponse&) const = default;
};

// The first header of that name (case-insensitive), or an empty view.
std::string_view header(const HttpHeaders& headers, std::string_view name);

std::string percent_encode(std::string_view text); // everything but unreserved characters
std::string percent_decode(std::string_view text); // lenient: a broken escape stays as it is

// The value of one query parameter of a target, decoded; empty where absent.
std::string query_parameter(std::string_view target, std::string_view name);

} // namespace kedge
