#include "model/pull_request.h"

#include <string_view>

namespace kedge {

namespace {

// Where the number begins; npos: no number is named.
std::size_t number_at(const std::string& title) {
    constexpr std::string_view merge = "Merge pull request #";
    if (title.starts_with(merge)) return merge.size();
    const auto hash = title.rfind("(#");
    if (title.starts_with("Merge pull request '") && hash != std::string::npos &&
        title.find(") from ", hash) != std::string::npos)
        return hash + 2;
    if (!title.ends_with(")")) return std::string::npos;
    const auto last = hash == std::string::npos ? title.rfind("(!") : hash;
    return last == std::string::npos ? last : last + 2;
}

} // namespace

std::string pull_request_of(const std::string& title) {
    const auto at = number_at(title);
    if (at == std::string::npos) return {};
    const auto end = title.find_first_not_of("0123456789", at);
    return title.substr(at, end == std::string::npos ? std::string::npos : end - at);
}

} // namespace kedge
