#include "dialect/aeontel.h"

#include "dialect/aeontel_parts.h"

#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

Description description_of(const AeontelOptions& options) {
    Description it;
    it.dialect = "aeontel";
    it.version = 1;
    auto& can = it.can;
    can.get = true;
    can.list = can.list_has_total = can.list_rows_complete = can.find_by_name = can.name_lookup_is_list = can.remove =
        !options.published;
    can.write_only = {"auth_data.headers.Authorization", "auth_data.client_secret"};
    can.clears = "null";
    can.assumptions = {
        "list, get by id and delete are not published; they follow the other collections (api: published does without)",
        "a PATCH clears with null and replaces headers and connectorConfig whole; checked in each answer",
        "an API key is sent upstream as \"Authorization: Bearer KEY\" (write additional_headers to do without)"};
    if (options.published)
        can.assumptions.front() =
            "where get by id is not there, an empty PATCH answers the row (api: full does without)";
    it.rules.auth = {"auth_data"};
    // Everything that is sent, but the configuration of a connector, to which it may add.
    it.rules.exact = {"url", "name", "type", "auth_data", "additional_headers", "x-kedge.aeontel.connector_id"};
    it.list = ListShape{"data", "/name", "/id"};
    it.pacing.concurrency = 4;
    it.pacing.page_size = options.page_size;
    return it;
}

class Aeontel final : public Dialect {
public:
    explicit Aeontel(AeontelOptions options) : options_(std::move(options)), description_(description_of(options_)) {}

    const Description& describe() const override { return description_; }
    std::vector<Finding> check(const Resource& resource) const override { return aeontel::check_resource(resource); }
    LiveDocument read(const Json& row) const override { return aeontel::read_row(options_, row); }
    Json canonical(Json document) const override { return aeontel::canonical_manifest(std::move(document)); }
    Step next(const Operation& operation, const Transcript& transcript) const override;

private:
    AeontelOptions options_;
    Description description_;
};

Step Aeontel::next(const Operation& operation, const Transcript& transcript) const {
    const aeontel::Setting setting{options_, description_};
    switch (operation.kind) {
    case OperationKind::preflight:
        return aeontel::next_preflight(setting, operation, transcript);
    case OperationKind::list:
        return aeontel::next_list(setting, operation, transcript);
    case OperationKind::get:
        return aeontel::next_get(setting, operation, transcript);
    case OperationKind::find_by_name:
        return aeontel::next_find(setting, operation, transcript);
    case OperationKind::create:
        return aeontel::next_create(setting, operation, transcript);
    case OperationKind::update:
        return aeontel::next_update(setting, operation, transcript);
    case OperationKind::remove:
        return aeontel::next_remove(setting, operation, transcript);
    case OperationKind::find_all:
    case OperationKind::subjects:
    case OperationKind::rehearse:
        return refused(operation, RefusalKind::invalid, "Aeontel has nothing to ask that of");
    }
    throw std::invalid_argument("an operation that does not exist");
}

} // namespace

std::unique_ptr<Dialect> make_aeontel(AeontelOptions options) {
    return std::make_unique<Aeontel>(std::move(options));
}

} // namespace kedge
