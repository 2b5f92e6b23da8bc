#include "dialect/dialects.h"
#include "tests/contract/forge_server.h"
#include "tests/contract/target_variants.h"

namespace kedge {

namespace {

TargetVariant forge_variant(const std::string& name, const std::string& lifecycle, const std::string& page_size) {
    return {"contextforge_" + name, [lifecycle, page_size] {
                HttpPlaneParts parts;
                parts.dialect = make_dialect("contextforge", {{"lifecycle", lifecycle}, {"page_size", page_size}});
                parts.by_hand = make_dialect("contextforge", {{"lifecycle", lifecycle}});
                parts.serve = forge_server(lifecycle == "async");
                return make_http_plane(std::move(parts));
            }};
}

} // namespace

std::vector<TargetVariant> forge_variants() {
    return {forge_variant("pages_of_one", "sync", "1"), forge_variant("pages_of_two", "sync", "2"),
            forge_variant("one_page", "sync", "500"), forge_variant("async", "async", "500")};
}

} // namespace kedge
