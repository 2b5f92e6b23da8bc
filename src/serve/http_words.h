// The small parts of HTTP that the doors read themselves: repeated headers, lists, media types, paths.
#pragma once
#include "base/http_message.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kedge {

std::string lower_case(std::string_view text); // ASCII
std::size_t count_headers(const HttpHeaders& headers, std::string_view name);
// The words of a list that commas part, without the spaces around them.
std::vector<std::string> words_of(std::string_view list);
// "application/json; charset=utf-8" -> "application/json".
std::string media_type_of(std::string_view content_type);
// Whether an Accept header takes this type; an absent one takes all.
bool accepts(std::string_view accept, std::string_view type);
// Whether it names this very type.
bool names_type(std::string_view accept, std::string_view type);
std::string_view path_of(std::string_view target);
std::vector<std::string_view> segments_of(std::string_view path); // of "/a/b": "a", "b"
// Name and value, decoded, in their order.
std::vector<std::pair<std::string, std::string>> query_of(std::string_view target);
// "localhost:8080" -> "localhost", "[::1]:8080" -> "::1".
std::string host_of(std::string_view host);

} // namespace kedge
