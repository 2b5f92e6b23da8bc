#include "dialect/dialects.h"
#include "tests/contract/forge_server.h"
#include "tests/contract/target_variants.h"

namespace kedge {

namespace {

TargetVariant forge_variant(const std::string& name, const DialectOptions& options) {
    TargetVariant variant;
    variant.name = "contextforge_" + name;
    variant.make = [options] {
        auto by_hand = options;
        by_hand.erase("page_size");
        HttpPlaneParts parts;
        parts.dialect = make_dialect("contextforge", options);
        parts.by_hand = make_dialect("contextforge", by_hand);
        parts.serve = forge_server(options.contains("lifecycle"));
        return make_http_plane(std::move(parts));
    };
    // Two private ones of one name need two addresses.
    if (options.contains("visibility")) variant.edited = "url";
    variant.takes_equals = !options.contains("visibility");
    // In a team a name is taken once.
    variant.takes_twins = name != "team";
    return variant;
}

} // namespace

std::vector<TargetVariant> forge_variants() {
    return {forge_variant("pages_of_one", {{"page_size", "1"}}),
            forge_variant("pages_of_two", {{"page_size", "2"}}),
            forge_variant("one_page", {}),
            forge_variant("async", {{"lifecycle", "async"}}),
            forge_variant("team", {{"visibility", "team"}}),
            forge_variant("private", {{"visibility", "private"}}),
            forge_variant("private_async", {{"visibility", "private"}, {"lifecycle", "async"}})};
}

} // namespace kedge
