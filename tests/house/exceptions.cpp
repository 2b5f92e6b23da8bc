#include "tests/house/exceptions.h"

#include <algorithm>
#include <sstream>

namespace kedge::house {

namespace {
constexpr std::string_view kFile = "tests/house/exceptions.txt";
} // namespace

std::vector<Exception> read_exceptions(std::string_view text, std::vector<Violation>& mistakes) {
    std::vector<Exception> exceptions;
    int number = 0;
    for (const std::string_view line : lines_of(text)) {
        ++number;
        if (line.empty() || line.starts_with('#')) continue;
        const std::size_t colon = line.find(": ");
        Exception exception;
        exception.line = number;
        std::istringstream words{std::string(line.substr(0, colon))};
        words >> exception.rule >> exception.path;
        std::getline(words >> std::ws, exception.subject);
        if (colon != std::string_view::npos) exception.reason = line.substr(colon + 2);
        if (exception.path.empty() || exception.reason.empty()) {
            mistakes.push_back({"exception", std::string(kFile), number, "", "is not RULE PATH [SUBJECT]: REASON"});
            continue;
        }
        exceptions.push_back(std::move(exception));
    }
    return exceptions;
}

std::vector<Violation> excuse(std::vector<Violation> violations, const std::vector<Exception>& exceptions) {
    for (const Exception& exception : exceptions) {
        const std::size_t before = violations.size();
        std::erase_if(violations, [&exception](const Violation& violation) {
            return violation.rule == exception.rule && violation.path == exception.path &&
                   violation.subject == exception.subject;
        });
        if (violations.size() != before) continue;
        violations.push_back({"exception", std::string(kFile), exception.line, exception.path,
                              "excuses nothing: " + exception.rule + " " + exception.path + " " + exception.subject});
    }
    return violations;
}

} // namespace kedge::house
