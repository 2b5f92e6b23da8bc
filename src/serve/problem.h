// Every error of the API as RFC 9457 problem details, and what every answer carries to keep browsers away.
#pragma once
#include "base/json.h"
#include "io/http_server.h"

#include <string>

namespace kedge {

// `code` is stable and ends the problem's type, "urn:kedge:problem:CODE".
struct Problem {
    int status = 500;
    std::string code;
    std::string detail; // one sentence for people, without secrets
    HttpHeaders headers{};
};

std::string title_of(int status);
ServerAnswer answer_of(const Problem& problem);
// The same for somebody in a browser.
ServerAnswer page_of(const Problem& problem);
// A page of view/html.h, with the policy that it wants.
ServerAnswer html_answer(std::string text, int status = 200);
// A document; the text is JSON.
ServerAnswer json_answer(std::string text, int status = 200);
// No script, no frame, no cache, no guessing of types. A policy for its content that an answer has stays.
void add_security_headers(HttpResponse& response, bool tls);

Json problem_schema();

} // namespace kedge
