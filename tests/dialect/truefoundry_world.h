// What the TrueFoundry dialect's tests share: a manifest, a row as the control plane tells it, and answers of every
// kind.
#pragma once
#include "dialect/truefoundry.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace kedge::testing {

inline Json manifest_of(const std::string& name) {
    return {{"type", "mcp-server/remote"},
            {"name", name},
            {"description", "d"},
            {"url", "https://example.com/mcp"},
            {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}},
            {"tags", {{"kedge", "prod.tools.0a0b0c0d"}}}};
}

inline Json row_with(Json manifest, const std::string& id = "cm1") {
    const auto name = manifest.value("name", "");
    return {{"id", id},
            {"fqn", "acme:mcp-server:" + name},
            {"tenantName", "acme"},
            {"manifest", std::move(manifest)},
            {"createdBySubject", {{"subjectId", "u1"}, {"subjectSlug", "ann"}}},
            {"createdAt", "2026-01-01T00:00:00.000Z"},
            {"updatedAt", "2026-01-02T00:00:00.000Z"},
            {"proxyUrl", "{{mcpProxyBaseURL}}/mcp-server/" + name},
            {"isAuthOverrideSupported", true}};
}

inline Json data(Json value) {
    return {{"data", std::move(value)}};
}
inline Json page(Json rows, std::size_t total) {
    return {{"data", std::move(rows)}, {"pagination", {{"total", total}, {"offset", 0}, {"limit", 1000}}}};
}

inline Exchange answered(int status, std::string body, std::size_t rows = 0) {
    Exchange exchange;
    exchange.answered = true;
    exchange.response.status = status;
    exchange.response.body = std::move(body);
    exchange.rows = rows;
    return exchange;
}
inline Exchange answered(int status, const Json& body, std::size_t rows = 0) {
    return answered(status, body.dump(), rows);
}
inline Exchange lost() {
    Exchange exchange;
    exchange.error = "connection reset";
    return exchange;
}
inline Exchange not_sent() {
    Exchange exchange;
    exchange.error = "connection refused";
    exchange.sent = false;
    return exchange;
}

inline Operation operation_of(OperationKind kind, const std::string& name = "github") {
    Operation operation;
    operation.kind = kind;
    operation.name = name;
    operation.type = "mcp-server/remote";
    operation.document = manifest_of(name);
    operation.remote_id = kind == OperationKind::create ? "" : "cm1";
    return operation;
}

inline std::unique_ptr<Dialect> truefoundry() {
    return make_truefoundry({});
}

// The step as the one kind that the test expects; a failure says which kind it was instead.
template<class T>
T as(Step step) {
    if (auto* value = std::get_if<T>(&step)) return std::move(*value);
    std::string text = "step " + std::to_string(step.index());
    if (const auto* refused = std::get_if<Refused>(&step)) text += ": " + refused->text + " / " + refused->theirs;
    if (const auto* unsure = std::get_if<Unsure>(&step)) text += ": " + unsure->text;
    ADD_FAILURE() << "another kind of " << text;
    return T{};
}

} // namespace kedge::testing
