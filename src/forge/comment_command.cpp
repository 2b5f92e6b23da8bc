#include "forge/comment_command.h"

#include "base/digest.h"

#include <algorithm>
#include <optional>

namespace kedge {

namespace {

constexpr std::size_t most_read = 4096;
constexpr std::size_t most_because = 300;
constexpr std::size_t most_commands = 20;

std::string_view without_end(std::string_view line) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) line.remove_suffix(1);
    return line;
}

bool is_digest(std::string_view text) {
    return text.size() >= 12 && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::optional<CommentCommand> command_of(std::string_view line) {
    constexpr std::string_view release = "kedge release ";
    constexpr std::string_view because = " because ";
    line = without_end(line);
    if (line == "kedge plan") return PlanCommand{};
    if (!line.starts_with(release)) return std::nullopt;
    line.remove_prefix(release.size());
    const auto end = line.find(because);
    if (end == std::string_view::npos || !is_digest(line.substr(0, end))) return std::nullopt;
    const auto reason = line.substr(end + because.size());
    const bool printable =
        std::none_of(reason.begin(), reason.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (reason.empty() || reason.front() == ' ' || reason.size() > most_because || !printable) return std::nullopt;
    return ReleaseCommand{std::string(line.substr(0, end)), std::string(reason)};
}

// Up to three spaces may stand before a fence.
std::string_view fence_of(std::string_view line) {
    const auto begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos || begin > 3) return {};
    line.remove_prefix(begin);
    for (const std::string_view fence : {"```", "~~~"}) {
        if (line.starts_with(fence)) return fence;
    }
    return {};
}

// Follows where code blocks and HTML comments begin and end.
class Reader final {
public:
    bool is_prose(std::string_view line) {
        if (hidden_) {
            hidden_ = line.find("-->") == std::string_view::npos;
            return false;
        }
        const auto fence = fence_of(line);
        if (!fence_.empty()) {
            if (fence == fence_) fence_ = {};
            return false;
        }
        if (!fence.empty()) {
            fence_ = fence;
            return false;
        }
        const auto begin = line.rfind("<!--");
        if (begin == std::string_view::npos) return true;
        hidden_ = line.find("-->", begin + 4) == std::string_view::npos;
        return false;
    }

private:
    bool hidden_ = false;
    std::string_view fence_;
};

} // namespace

std::vector<CommentCommand> read_comment_commands(std::string_view body) {
    std::vector<CommentCommand> commands;
    if (body.size() > most_read) {
        const auto last = body.rfind('\n', most_read - 1);
        body = body.substr(0, last == std::string_view::npos ? 0 : last);
    }
    Reader reader;
    while (!body.empty() && commands.size() < most_commands) {
        const auto end = std::min(body.find('\n'), body.size());
        const auto line = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (!reader.is_prose(line)) continue;
        if (auto command = command_of(line)) commands.push_back(std::move(*command));
    }
    return commands;
}

std::string digest_of(const std::vector<CommentCommand>& commands) {
    std::string text;
    for (const auto& command : commands) {
        const auto* release = std::get_if<ReleaseCommand>(&command);
        text += release == nullptr ? "plan\n" : "release " + release->digest + " " + release->because + "\n";
    }
    return sha256(text).hex();
}

} // namespace kedge
