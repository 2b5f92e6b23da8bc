// The way of one request that all control planes share: the fault that strikes it, its answer, its line in the audit.
#pragma once
#include "sandbox/call.h"
#include "sandbox/control_plane.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

// How a product carries out a call and words what it refuses.
struct Answering {
    std::function<HttpResponse()> answer;
    std::function<std::optional<HttpResponse>()> absent; // the answer where there is no such route
    std::function<HttpResponse(int status, const std::string& message)> refuse;
};

// `call` has its path, its caller and, where a fault asks for them, its body and name.
Exchange serve_call(Ground& ground, Call& call, const Answering& answering);

// True where the path fits the pattern; each {slot} of it is one segment, in `slots` as sent.
bool match_route(std::string_view pattern, std::string_view path, std::vector<std::string_view>& slots);

// The token of "Authorization: Bearer TOKEN".
std::string_view bearer(const HttpRequest& request);

} // namespace kedge::sandbox
