#include "dialect/truefoundry.h"

#include "dialect/truefoundry_parts.h"

#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

Description description_of(const TrueFoundryOptions& options) {
    Description it;
    it.dialect = "truefoundry";
    it.version = 1;
    auto& can = it.can;
    can.list = can.list_has_total = can.list_rows_complete = can.get = can.find_by_name = can.rehearse = true;
    can.names_unique = can.tags = can.subjects = can.remove = can.acknowledges_sign_out = true;
    can.find_at_once = 100;
    can.replace_fields = {"type"}; // not published; assumed to be answered 400
    it.rules.ignore_unless_set = {"ownedBy"};
    it.rules.auth = {"auth_data"};
    // "auth_data" itself is not named: rules reach below their path, and only its presence (which shows in its type)
    // counts.
    it.rules.exact = {"url", "name", "type", "auth_data.type"};
    it.list = ListShape{"data", "/manifest/name", "/id"};
    it.pacing.concurrency = 8;
    it.pacing.deadline_ms = 60000;
    it.pacing.page_size = options.page_size;
    it.type_order = {"mcp-server/virtual"}; // after the servers that they combine
    return it;
}

class TrueFoundry final : public Dialect {
public:
    explicit TrueFoundry(TrueFoundryOptions options)
        : options_(std::move(options)), description_(description_of(options_)) {}

    const Description& describe() const override { return description_; }
    std::vector<Finding> check(const Resource& resource) const override;
    LiveDocument read(const Json& row) const override { return truefoundry::read_row(row); }
    Json canonical(Json document) const override {
        return truefoundry::canonical_manifest(std::move(document), options_.disabled_tools_key);
    }
    Step next(const Operation& operation, const Transcript& transcript) const override;

private:
    TrueFoundryOptions options_;
    Description description_;
};

// Manifests are written in TrueFoundry's own terms, so there is nothing that an extra block could add.
std::vector<Finding> TrueFoundry::check(const Resource& resource) const {
    std::vector<Finding> findings;
    const auto add = [&](Severity severity, const std::string& pointer, std::string message, std::string hint) {
        Finding finding;
        finding.severity = severity;
        finding.place = resource.place;
        if (const auto line = resource.lines.find(pointer); line != resource.lines.end())
            finding.place.line = line->second;
        if (finding.place.line != resource.place.line) finding.place.column = 0;
        finding.message = std::move(message);
        finding.hint = std::move(hint);
        finding.name = resource.name;
        findings.push_back(std::move(finding));
    };
    const auto& providers = resource.extension.providers;
    if (providers.is_object() && providers.contains("truefoundry")) {
        const auto& block = providers["truefoundry"];
        const std::string at = "/x-kedge/truefoundry";
        if (!block.is_object()) add(Severity::error, at, "\"x-kedge.truefoundry\" is no map", "leave it out");
        for (auto entry = block.begin(); block.is_object() && entry != block.end(); ++entry) {
            add(Severity::error, at, "unknown key \"" + entry.key() + "\" in \"x-kedge.truefoundry\"",
                "write fields of the manifest at its top level");
        }
    }
    const auto tags = resource.document.is_object() ? resource.document.find("tags") : resource.document.end();
    if (resource.document.is_object() && tags != resource.document.end() && !tags->is_null() && !tags->is_object() &&
        !tags->is_array()) {
        add(Severity::error, "/tags", "\"tags\" is no map, so ownership cannot be marked",
            "write `tags: {key: value}`");
    }
    return findings;
}

Step TrueFoundry::next(const Operation& operation, const Transcript& transcript) const {
    const truefoundry::Setting setting{options_, description_};
    switch (operation.kind) {
    case OperationKind::preflight:
        return truefoundry::next_preflight(operation, transcript);
    case OperationKind::list:
        return truefoundry::next_list(setting, operation, transcript);
    case OperationKind::get:
        return truefoundry::next_get(operation, transcript);
    case OperationKind::find_by_name:
        return truefoundry::next_find(operation, transcript);
    case OperationKind::find_all:
        return truefoundry::next_find_all(operation, transcript);
    case OperationKind::subjects:
        return truefoundry::next_subjects(operation, transcript);
    case OperationKind::rehearse:
        return truefoundry::next_rehearse(setting, operation, transcript);
    case OperationKind::create:
    case OperationKind::update:
        return truefoundry::next_write(setting, operation, transcript);
    case OperationKind::remove:
        return truefoundry::next_remove(operation, transcript);
    }
    throw std::invalid_argument("an operation that does not exist");
}

} // namespace

std::unique_ptr<Dialect> make_truefoundry(TrueFoundryOptions options) {
    return std::make_unique<TrueFoundry>(std::move(options));
}

} // namespace kedge
