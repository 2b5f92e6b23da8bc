#include "serve/serve_settings.h"

#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace kedge {

std::optional<ListenAt> parse_listen(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    ListenAt at;
    at.address = text.substr(0, colon);
    const bool bracketed = at.address.size() > 2 && at.address.front() == '[' && at.address.back() == ']';
    if (bracketed) at.address = at.address.substr(1, at.address.size() - 2);
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(at.address, error);
    if (error || address.is_v6() != bracketed) return std::nullopt;
    const char* const end = text.data() + text.size();
    const auto [last, wrong] = std::from_chars(text.data() + colon + 1, end, at.port);
    if (wrong != std::errc() || last != end) return std::nullopt;
    return at;
}

std::string_view to_text(WebhookKind kind) {
    switch (kind) {
    case WebhookKind::github:
        return "github";
    case WebhookKind::gitlab:
        return "gitlab";
    case WebhookKind::gitea:
        return "gitea";
    case WebhookKind::generic:
        break;
    }
    return "generic";
}

} // namespace kedge
