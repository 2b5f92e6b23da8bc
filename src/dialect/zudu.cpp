#include "dialect/zudu.h"

#include "dialect/zudu_parts.h"

#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

std::vector<std::string> assumptions_of(const ZuduOptions& options) {
    std::vector<std::string> all;
    all.push_back(options.wrapped
                      ? "an update stands in \"config\", as in the hand-written pages (patch: flat sends it bare)"
                      : "an update is flat, as in the generated pages (patch: wrapped puts it into \"config\")");
    all.push_back(options.deletes
                      ? "DELETE /api/mcp-servers/{id} exists, which no page says (deletes: no leaves it out)"
                      : "there is no delete (deletes: yes tries DELETE /api/mcp-servers/{id})");
    all.emplace_back("a description is emptied with \"\", headers with {}, and headers are replaced as a whole");
    return all;
}

Description description_of(const ZuduOptions& options) {
    Description it;
    it.dialect = "zudu";
    it.version = 2; // 2: a secret_id that does not show counts where git moves it
    auto& can = it.can;
    can.list = can.list_has_total = can.get = can.find_by_name = true;
    can.list_rows_complete = false; // no headers
    can.name_lookup_is_list = true; // `search` is a text search
    can.remove = options.deletes;
    can.replace_fields = {"type", "x-kedge.zudu.secret_id"};
    it.rules.hidden = {"x-kedge.zudu.secret_id"}; // which generation answers is another question than which is written
    if (!options.wrapped) can.write_only = it.rules.hidden;
    can.clears = "empty value";
    can.assumptions = assumptions_of(options);
    it.credentials = {CredentialHeader{"token", "X-API-KEY", ""}, CredentialHeader{"secret", "X-API-SECRET", ""}};
    // Zudu's own defaults, and approvals that people give in the portal.
    it.rules.ignore_unless_set = {"x-kedge.zudu.approval_policy", "x-kedge.zudu.secret_id",
                                  "x-kedge.zudu.tool_approvals", "x-kedge.zudu.transport"};
    it.rules.auth = {"auth_data"};
    // Everything that an update sends but the description: a success that left one of these as it was is none.
    it.rules.exact = {"url",
                      "name",
                      "type",
                      "auth_data.type",
                      "auth_data.headers",
                      "additional_headers",
                      "x-kedge.zudu.approval_policy",
                      "x-kedge.zudu.tool_approvals",
                      "x-kedge.zudu.transport"};
    it.list = ListShape{"data.servers", "/name", "/id"};
    it.pacing.concurrency = 4; // limits are not published
    it.pacing.page_size = options.page_size;
    return it;
}

class Zudu final : public Dialect {
public:
    explicit Zudu(ZuduOptions options) : options_(options), description_(description_of(options_)) {}

    const Description& describe() const override { return description_; }
    std::vector<Finding> check(const Resource& resource) const override {
        return zudu::check_resource(options_, resource);
    }
    LiveDocument read(const Json& row) const override { return zudu::read_server(row); }
    Json canonical(Json document) const override { return zudu::canonical_manifest(document); }
    Step next(const Operation& operation, const Transcript& transcript) const override;

private:
    ZuduOptions options_;
    Description description_;
};

Step Zudu::next(const Operation& operation, const Transcript& transcript) const {
    const zudu::Setting setting{options_, description_};
    switch (operation.kind) {
    case OperationKind::preflight:
        return zudu::next_preflight(operation, transcript);
    case OperationKind::list:
        return zudu::next_list(setting, operation, transcript);
    case OperationKind::get:
        return zudu::next_get(operation, transcript);
    case OperationKind::find_by_name:
        return zudu::next_find(setting, operation, transcript);
    case OperationKind::create:
        return zudu::next_create(setting, operation, transcript);
    case OperationKind::update:
        return zudu::next_update(setting, operation, transcript);
    case OperationKind::remove:
        return zudu::next_remove(setting, operation, transcript);
    case OperationKind::find_all:
    case OperationKind::rehearse:
    case OperationKind::subjects:
        break; // describe() says that there is no such thing
    }
    return Refused{RefusalKind::broken, attempt(operation) + ": Zudu AI has no such operation", {}};
}

} // namespace

std::unique_ptr<Dialect> make_zudu(ZuduOptions options) {
    return std::make_unique<Zudu>(options);
}

} // namespace kedge
