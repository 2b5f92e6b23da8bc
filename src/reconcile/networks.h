// Which hosts a registration may point at: https to a public name, unless the settings allow more. Only the literal
// host is judged; nothing is resolved.
#pragma once
#include "model/finding.h"
#include "model/resource.h"

#include <string>
#include <utility>
#include <vector>

namespace kedge {

// True for IP literals, localhost, single labels, .local, .internal, .localhost.
bool is_private_host(const std::string& host);

// The host of an absolute http(s) URL, lower case, without port and brackets; empty where there is none.
std::string host_of(const std::string& url);

// Every URL of a manifest that names a place on a network, with its JSON pointer.
std::vector<std::pair<std::string, std::string>> urls_of(const Resource& resource);

// One error for each URL of the manifest (url, openapi_spec_source.url of type remote, OAuth endpoints) that needs a
// permission which `private_urls` would give.
std::vector<Finding> judge_urls(const Resource& resource, bool private_urls);

} // namespace kedge
