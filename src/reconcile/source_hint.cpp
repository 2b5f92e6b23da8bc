#include "reconcile/source_hint.h"

#include <algorithm>
#include <cctype>

namespace kedge {

namespace {

void drop_end(std::string& text, std::string_view end) {
    if (text.ends_with(end)) text.resize(text.size() - end.size());
}

} // namespace

std::string repository_key(const std::string& url) {
    std::string rest = url;
    const auto scheme = rest.find("://");
    if (scheme != std::string::npos) {
        rest.erase(0, scheme + 3);
    } else {
        // user@host:path
        const auto colon = rest.find(':');
        if (colon == std::string::npos || colon == 0 || rest.find('/') < colon) return {};
        rest[colon] = '/';
    }
    const auto slash = rest.find('/');
    if (slash == std::string::npos || slash == 0) return {};
    auto host = rest.substr(0, slash);
    auto path = rest.substr(slash + 1);
    if (const auto user = host.rfind('@'); user != std::string::npos) host.erase(0, user + 1);
    if (const auto port = host.rfind(':'); port != std::string::npos) host.resize(port);
    path.erase(0, path.find_first_not_of('/'));
    while (path.ends_with('/')) path.pop_back();
    drop_end(path, ".git");
    if (host.empty() || path.empty()) return {};
    auto key = host + "/" + path;
    std::transform(key.begin(), key.end(), key.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return key;
}

bool concerns(const std::vector<std::string>& urls, const std::string& ref, const std::string& source_url,
              const std::string& source_ref) {
    if (!ref.empty() && !source_ref.empty() && ref != source_ref) return false;
    const auto key = repository_key(source_url);
    // A path on this machine has one spelling.
    if (key.empty()) return !source_url.empty() && std::find(urls.begin(), urls.end(), source_url) != urls.end();
    return std::any_of(urls.begin(), urls.end(), [&](const std::string& url) { return repository_key(url) == key; });
}

} // namespace kedge
