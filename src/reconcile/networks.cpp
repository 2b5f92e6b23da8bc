#include "reconcile/networks.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace kedge {

namespace {

constexpr std::array url_pointers{"/url",
                                  "/openapi_spec_source/url",
                                  "/auth_data/authorization_url",
                                  "/auth_data/token_url",
                                  "/auth_data/registration_url",
                                  "/auth_data/introspection_url"};

bool ends_with_label(const std::string& host, std::string_view label) {
    return host.size() > label.size() && host.ends_with(label) && host[host.size() - label.size() - 1] == '.';
}

} // namespace

std::string host_of(const std::string& url) {
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) return {};
    auto rest = url.substr(scheme + 3);
    rest = rest.substr(0, rest.find_first_of("/?#\\"));
    if (const auto at = rest.rfind('@'); at != std::string::npos) rest = rest.substr(at + 1);
    if (!rest.empty() && rest.front() == '[') {
        rest = rest.substr(1, rest.find(']') == std::string::npos ? std::string::npos : rest.find(']') - 1);
    } else {
        rest = rest.substr(0, rest.find(':'));
    }
    std::transform(rest.begin(), rest.end(), rest.begin(), [](unsigned char c) { return std::tolower(c); });
    while (!rest.empty() && rest.back() == '.') rest.pop_back();
    return rest;
}

bool is_private_host(const std::string& host) {
    if (host.empty() || host.find(':') != std::string::npos || host.find('.') == std::string::npos) return true;
    for (const auto* label : {"localhost", "local", "internal"}) {
        if (ends_with_label(host, label)) return true;
    }
    // A last label that is a number (decimal or hex) makes resolvers read the whole host as an IPv4 address.
    const auto last = host.substr(host.rfind('.') + 1);
    const bool hex = last.starts_with("0x");
    return hex || std::all_of(last.begin(), last.end(), [](unsigned char c) { return std::isdigit(c); });
}

std::vector<std::pair<std::string, std::string>> urls_of(const Resource& resource) {
    std::vector<std::pair<std::string, std::string>> urls;
    for (const auto* pointer : url_pointers) {
        const Json::json_pointer at{std::string(pointer)};
        if (!resource.document.contains(at) || !resource.document.at(at).is_string()) continue;
        auto url = resource.document.at(at).get<std::string>();
        // An uploaded OpenAPI document names a place in the platform's own store, an inline one no place at all.
        if (url.find("://") != std::string::npos) urls.emplace_back(pointer, std::move(url));
    }
    return urls;
}

std::vector<Finding> judge_urls(const Resource& resource, bool private_urls) {
    std::vector<Finding> findings;
    if (private_urls) return findings;
    for (const auto& [pointer, url] : urls_of(resource)) {
        const auto host = host_of(url);
        std::string problem;
        if (!url.starts_with("https://"))
            problem = "is not https";
        else if (is_private_host(host))
            problem = "points at the private host \"" + host + "\"";
        if (problem.empty()) continue;
        Finding finding;
        finding.place = resource.place;
        if (const auto line = resource.lines.find(pointer); line != resource.lines.end())
            finding.place = {resource.place.file, line->second, 1};
        finding.name = resource.name;
        finding.message = pointer.substr(1) + " " + problem;
        finding.hint = "registrations must be https to a public name; a platform team can allow more with `networks: "
                       "{private_urls: true}`";
        findings.push_back(std::move(finding));
    }
    return findings;
}

} // namespace kedge
