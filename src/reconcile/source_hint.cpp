#include "reconcile/source_hint.h"

#include "base/repository_key.h"

#include <algorithm>

namespace kedge {

bool concerns(const std::vector<std::string>& urls, const std::string& ref, const std::string& source_url,
              const std::string& source_ref) {
    if (!ref.empty() && !source_ref.empty() && ref != source_ref) return false;
    const auto key = repository_key(source_url);
    // A path on this machine has one spelling.
    if (key.empty()) return !source_url.empty() && std::find(urls.begin(), urls.end(), source_url) != urls.end();
    return std::any_of(urls.begin(), urls.end(), [&](const std::string& url) { return repository_key(url) == key; });
}

} // namespace kedge
