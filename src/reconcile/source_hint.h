// Whether a forge's message "this repository moved" speaks of a source: forges spell one repository in several ways.
#pragma once
#include <string>
#include <vector>

namespace kedge {

// `urls`, `ref`: as the message says; an empty ref, on either side, is any.
bool concerns(const std::vector<std::string>& urls, const std::string& ref, const std::string& source_url,
              const std::string& source_ref);

} // namespace kedge
