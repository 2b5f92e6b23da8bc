#include "dialect/gravity_rail.h"

#include "dialect/gravity_rail_parts.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

bool is_uuid(const std::string& text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool hex = std::string_view("0123456789abcdefABCDEF").find(text[i]) != std::string_view::npos;
        if (dash ? text[i] != '-' : !hex) return false;
    }
    return true;
}

std::vector<std::string> assumptions_of(const GravityRailOptions& options) {
    std::vector<std::string> all;
    all.push_back(options.writes
                      ? "POST and PATCH of servers exist and take name and url, which no page says (writes: no leaves "
                        "them out)"
                      : "servers cannot be created, and an update reaches the switch alone (writes: yes tries POST and "
                        "PATCH)");
    all.push_back(options.probe ? "there is no server 0, and a key without a scope is told 403 before 404: so its "
                                  "scopes are found out (probe: no leaves it)"
                                : "the scopes of the key are not found out beforehand (probe: yes tries them)");
    all.emplace_back("the fields of a row are called id, name, url, state, enabled and updatedAt");
    all.emplace_back("the member whose key it is sees every server that may bear a declared name");
    return all;
}

Description description_of(const GravityRailOptions& options) {
    Description it;
    it.dialect = "gravity_rail";
    it.version = 1;
    auto& can = it.can;
    can.list = can.list_rows_complete = can.get = can.find_by_name = can.name_lookup_is_list = true;
    // One answer, not paged. It holds what the key's member can see: absence is confirmed by a get.
    can.list_has_total = can.list_may_hide_rows = true;
    can.subjects = can.remove = true;
    can.create = options.writes;
    if (!options.writes) can.updatable = {"x-kedge.gravity_rail.enabled"};
    can.replace_fields = {"type"};
    can.clears = "not possible";
    can.assumptions = assumptions_of(options);
    it.rules.ignore_unless_set = {"x-kedge.gravity_rail.enabled"};
    it.rules.exact = {"url", "name", "type", "x-kedge.gravity_rail.enabled"};
    it.list = ListShape{"", "/name", "/id", "items"};
    it.pacing.concurrency = 4; // limits are not published
    return it;
}

class GravityRail final : public Dialect {
public:
    explicit GravityRail(GravityRailOptions options)
        : options_(std::move(options)), description_(description_of(options_)) {}

    const Description& describe() const override { return description_; }
    std::vector<Finding> check(const Resource& resource) const override {
        return gravity_rail::check_resource(options_, resource);
    }
    LiveDocument read(const Json& row) const override { return gravity_rail::read_server(options_, row); }
    Json canonical(Json document) const override { return gravity_rail::canonical_manifest(document); }
    Step next(const Operation& operation, const Transcript& transcript) const override;

private:
    GravityRailOptions options_;
    Description description_;
};

Step GravityRail::next(const Operation& operation, const Transcript& transcript) const {
    switch (operation.kind) {
    case OperationKind::preflight:
        return gravity_rail::next_preflight(options_, operation, transcript);
    case OperationKind::list:
        return gravity_rail::next_list(options_, operation, transcript);
    case OperationKind::get:
        return gravity_rail::next_get(options_, operation, transcript);
    case OperationKind::find_by_name:
        return gravity_rail::next_find(options_, operation, transcript);
    case OperationKind::subjects:
        return gravity_rail::next_subjects(options_, operation, transcript);
    case OperationKind::create:
        return gravity_rail::next_create(options_, operation, transcript);
    case OperationKind::update:
        return gravity_rail::next_update(options_, operation, transcript);
    case OperationKind::remove:
        return gravity_rail::next_remove(options_, operation, transcript);
    case OperationKind::find_all:
    case OperationKind::rehearse:
        break; // describe() says that there is no such thing
    }
    return Refused{RefusalKind::broken, attempt(operation) + ": Gravity Rail has no such operation", {}};
}

} // namespace

std::unique_ptr<Dialect> make_gravity_rail(GravityRailOptions options) {
    if (!is_uuid(options.workspace)) throw std::invalid_argument("workspace \"" + options.workspace + "\" is no UUID");
    return std::make_unique<GravityRail>(std::move(options));
}

} // namespace kedge
