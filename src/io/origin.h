// Where requests go: the parts of a base URL and of a proxy URL, judged once when a client is made.
#pragma once
#include "base/secret.h"

#include <optional>
#include <string>

namespace kedge {

struct Origin {
    bool tls = false;
    std::string host;        // without brackets
    std::string port;        // always a number
    std::string authority;   // for Host: the port only where it is not the scheme's own
    std::string base_path;   // without a slash at its end
    std::string unix_socket; // path; not empty: connections go there, whatever host and port say

    std::string with_port() const; // host:port, with brackets where needed
    std::string place() const;     // for messages: where connections go
};

struct Proxy {
    std::string host;
    std::string port;
    Secret authorization; // the value of Proxy-Authorization; empty: none
};

// Throws Failure(stop), without quoting user names and passwords.
Origin parse_origin(const std::string& base_url, const std::string& unix_socket = {});
Proxy parse_proxy(const std::string& url);

} // namespace kedge
