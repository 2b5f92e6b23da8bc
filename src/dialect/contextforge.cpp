#include "dialect/contextforge.h"

#include "dialect/contextforge_parts.h"

#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

Description description_of(const ContextForgeOptions& options) {
    Description it;
    it.dialect = "contextforge";
    it.version = 1;
    auto& can = it.can;
    can.list = can.list_rows_complete = can.get = can.find_by_name = can.tags = can.remove = true;
    // No number, but the last page says that it is the last: a list cannot end early unseen.
    can.list_has_total = true;
    // By slug among public ones; private and team ones of one name live side by side.
    can.names_unique = options.visibility == "public";
    can.write_only = {"auth_data.headers.*", "additional_headers.*", "auth_data.client_secret"};
    can.clears = "empty value";
    it.rules.auth = {"auth_data", "additional_headers"};
    it.rules.exact = {"url", "name", "type", "auth_data.type", "x-kedge.contextforge.enabled"};
    it.list = ListShape{"gateways", "/name", "/id"};
    it.pacing.concurrency = 1;
    it.pacing.stop_at_first_429 = true;
    it.pacing.page_size = options.page_size;
    return it;
}

class ContextForge final : public Dialect {
public:
    explicit ContextForge(ContextForgeOptions options)
        : options_(std::move(options)), description_(description_of(options_)) {}

    const Description& describe() const override { return description_; }
    std::vector<Finding> check(const Resource& resource) const override {
        return contextforge::check_resource(resource, options_);
    }
    LiveDocument read(const Json& row) const override { return contextforge::read_row(row, options_.visibility); }
    Json canonical(Json document) const override { return contextforge::canonical_manifest(std::move(document)); }
    Step next(const Operation& operation, const Transcript& transcript) const override;

private:
    ContextForgeOptions options_;
    Description description_;
};

Step ContextForge::next(const Operation& operation, const Transcript& transcript) const {
    const contextforge::Setting setting{options_, description_};
    switch (operation.kind) {
    case OperationKind::preflight:
        return contextforge::next_preflight(setting, operation, transcript);
    case OperationKind::list:
        return contextforge::next_list(setting, operation, transcript);
    case OperationKind::get:
        return contextforge::next_get(setting, operation, transcript);
    case OperationKind::find_by_name:
        return contextforge::next_find(setting, operation, transcript);
    case OperationKind::create:
        return contextforge::next_create(setting, operation, transcript);
    case OperationKind::update:
        return contextforge::next_update(setting, operation, transcript);
    case OperationKind::remove:
        return contextforge::next_remove(setting, operation, transcript);
    case OperationKind::find_all:
    case OperationKind::subjects:
    case OperationKind::rehearse:
        break;
    }
    throw std::invalid_argument("ContextForge cannot be asked that");
}

} // namespace

std::unique_ptr<Dialect> make_contextforge(ContextForgeOptions options) {
    return std::make_unique<ContextForge>(std::move(options));
}

} // namespace kedge
