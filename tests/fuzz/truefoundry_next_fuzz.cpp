// One operation against whatever a control plane may answer: the first byte chooses the operation; then, answer by
// answer, one byte for the status, two for the length of the body, and the body.
#include "dialect/truefoundry.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace {

std::string_view take(std::string_view& text, std::size_t count) {
    const auto part = text.substr(0, count);
    text.remove_prefix(part.size());
    return part;
}

kedge::Exchange next_answer(std::string_view& input) {
    static constexpr std::array<int, 12> statuses{0, 200, 200, 200, 204, 302, 400, 401, 404, 409, 417, 500};
    kedge::Exchange exchange;
    const auto head = take(input, 3);
    exchange.response.status = statuses[static_cast<std::uint8_t>(head[0]) % statuses.size()];
    exchange.answered = exchange.response.status != 0;
    std::size_t length = 0;
    for (const char c : head.substr(1)) length = length * 256 + static_cast<std::uint8_t>(c);
    exchange.rows = length % 3;
    exchange.response.body = take(input, length);
    return exchange;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const std::unique_ptr<kedge::Dialect> dialect = kedge::make_truefoundry({});
    if (size == 0) return 0;
    std::string_view input(reinterpret_cast<const char*>(bytes), size);
    kedge::Operation operation;
    operation.kind = static_cast<kedge::OperationKind>(static_cast<std::uint8_t>(take(input, 1)[0]) % 9);
    operation.remote_id = "cm1";
    operation.name = "github";
    operation.document = {{"type", "mcp-server/remote"}, {"name", "github"}, {"url", "https://example.com"}};
    kedge::Transcript transcript;
    try {
        for (int steps = 0; steps < 8; ++steps) {
            if (!std::holds_alternative<kedge::Send>(dialect->next(operation, transcript)) || input.empty()) break;
            transcript.push_back(next_answer(input));
        }
    } catch (const std::invalid_argument&) {
    }
    return 0;
}
