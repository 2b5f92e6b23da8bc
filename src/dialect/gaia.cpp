#include "dialect/gaia.h"

#include "dialect/gaia_parts.h"

#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

Description description_of(const GaiaOptions& options) {
    Description it;
    it.dialect = "gaia";
    it.version = 2; // 2: what the documents do not show counts where git moves it
    auto& can = it.can;
    can.list = can.get = can.find_by_name = can.name_lookup_is_list = can.remove = true;
    can.list_rows_complete = options.as_built; // the documented list has no command
    can.list_has_total = true;                 // one page has them all
    can.rehearse = options.validate;
    can.clears = "empty value";
    can.replace_fields = {"type",
                          "command",
                          "args",
                          "auth_data.env",
                          "x-kedge.gaia.transport",
                          "x-kedge.gaia.connection",
                          "x-kedge.gaia.proxy_auth_header",
                          "x-kedge.gaia.request_timeout_ms",
                          "x-kedge.gaia.max_total_timeout_ms"};
    can.assumptions = {"the product is as its source code was run (api: documented speaks what its documents say)"};
    if (!options.as_built) {
        can.write_only = {"auth_data",
                          "additional_headers",
                          "x-kedge.gaia.proxy_url",
                          "x-kedge.gaia.proxy_auth_token",
                          "x-kedge.gaia.proxy_auth_header",
                          "x-kedge.gaia.request_timeout_ms",
                          "x-kedge.gaia.max_total_timeout_ms"};
        it.rules.hidden = can.write_only;
        it.rules.hidden.insert(it.rules.hidden.begin(), "auth_data.env"); // apart: an update does not reach it
        can.assumptions = {"the product is as its documents say (api: as_built speaks what its source code does)"};
    } else {
        it.credentials = {CredentialHeader{"token", "gaia-api-key", ""}};
    }
    it.rules.auth = {"auth_data"};
    it.rules.exact = {"url", "name", "type", "auth_data.type"};
    it.list = ListShape{"servers", "/name", "/id"};
    it.pacing.concurrency = 4;
    return it;
}

class Gaia final : public Dialect {
public:
    explicit Gaia(GaiaOptions options) : options_(std::move(options)), description_(description_of(options_)) {}

    const Description& describe() const override { return description_; }
    std::vector<Finding> check(const Resource& resource) const override {
        return gaia::check_resource(options_, resource);
    }
    LiveDocument read(const Json& row) const override { return gaia::read_row(options_, row); }
    Json canonical(Json document) const override { return gaia::canonical_manifest(std::move(document), options_); }
    Step next(const Operation& operation, const Transcript& transcript) const override;

private:
    GaiaOptions options_;
    Description description_;
};

Step Gaia::next(const Operation& operation, const Transcript& transcript) const {
    const gaia::Setting setting{options_, description_};
    switch (operation.kind) {
    case OperationKind::preflight:
        return gaia::next_preflight(setting, operation, transcript);
    case OperationKind::list:
        return gaia::next_list(setting, operation, transcript);
    case OperationKind::get:
        return gaia::next_get(setting, operation, transcript);
    case OperationKind::find_by_name:
        return gaia::next_find(setting, operation, transcript);
    case OperationKind::rehearse:
        return gaia::next_rehearse(setting, operation, transcript);
    case OperationKind::create:
        return gaia::next_create(setting, operation, transcript);
    case OperationKind::update:
        return gaia::next_update(setting, operation, transcript);
    case OperationKind::remove:
        return gaia::next_remove(setting, operation, transcript);
    case OperationKind::find_all:
    case OperationKind::subjects:
        return refused(operation, RefusalKind::invalid, "GAIA AI has nothing to ask that of");
    }
    throw std::invalid_argument("an operation that does not exist");
}

} // namespace

std::unique_ptr<Dialect> make_gaia(GaiaOptions options) {
    return std::make_unique<Gaia>(std::move(options));
}

} // namespace kedge
