// What a request is like, for whoever sends it.
#pragma once
#include "base/http_message.h"
#include "io/message_parser.h"

#include <algorithm>
#include <string>

namespace kedge {

inline bool is_idempotent(const std::string& method) {
    return method == "GET" || method == "PUT" || method == "DELETE" || method == "HEAD";
}

inline bool looks(const HttpRequest& request) {
    return request.only_looks || request.method == "GET" || request.method == "HEAD";
}

inline bool has_body(const HttpRequest& request) {
    return !request.body.empty() || request.method == "PUT" || request.method == "POST" || request.method == "PATCH";
}

// What may not be sent as it is, in words; nothing where all is well.
inline std::string problem_of(const HttpRequest& request) {
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (request.method.empty() || !std::all_of(request.method.begin(), request.method.end(), capital))
        return "the method is not one";
    if (!target_is_clean(request.target)) return "the target must start with '/' and be percent-encoded";
    for (const auto& [name, value] : request.headers) {
        if (!header_is_clean(name, value)) return "a header holds a character that none may hold";
    }
    return {};
}

} // namespace kedge
