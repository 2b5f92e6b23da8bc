// Members of what forges send, read with care: bounded, of the right type, or not there. Foreign texts stay as they are
// written, for who shows them to escape.
#pragma once
#include "base/json.h"
#include "model/pull_conversation.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace kedge::forge {

using Path = std::initializer_list<const char*>;

inline constexpr std::size_t most_name = 300; // logins, branches, repositories
inline constexpr std::size_t most_title = 500;
inline constexpr std::size_t most_url = 2000;

const Json* member(const Json& json, Path path); // null: there is none
std::string text(const Json& json, Path path, std::size_t most_bytes = most_name);
std::string commit(const Json& json, Path path); // 40 or 64 hex digits in lower case, or empty
std::string id(const Json& json, Path path);     // of a number above 0, or empty
int number(const Json& json, Path path);         // above 0, or 0
bool flag(const Json& json, Path path);

bool is_commit(std::string_view text);
// At most so many bytes, cut where a character begins.
std::string_view first_bytes(std::string_view text, std::size_t most);
// Characters of UTF-8, as forges count them.
std::size_t count_characters(std::string_view text);
std::string first_characters(const std::string& text, std::size_t most); // cut ones end with an ellipsis
// When a comment was written, and whether it was edited since: `created_at` and `updated_at`, as all forges call them.
void read_times(const Json& row, PullComment& comment);
// "2026-03-01T12:00:00.123Z", also with an offset instead of the Z.
std::optional<std::int64_t> milliseconds_of(std::string_view time);

} // namespace kedge::forge
