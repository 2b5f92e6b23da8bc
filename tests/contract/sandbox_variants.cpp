#include "dialect/dialects.h"
#include "sandbox/truefoundry.h"
#include "tests/contract/http_plane.h"
#include "tests/contract/target_variants.h"

namespace kedge {

namespace {

template<class ControlPlane>
Serve serve_of(std::shared_ptr<ControlPlane> plane) {
    return [plane](const HttpRequest& request) -> std::optional<HttpResponse> {
        auto exchange = plane->serve(request);
        if (exchange.line != sandbox::Exchange::Line::answer) return std::nullopt;
        return std::move(exchange.response);
    };
}

TargetVariant truefoundry_variant(const std::string& name, const std::string& page_size) {
    return {"truefoundry_" + name, [page_size] {
                auto plane = std::make_shared<sandbox::TrueFoundry>(sandbox::Knobs{});
                plane->people().add("tfy_writer", sandbox::person_of(sandbox::Role::writer, plane->tenant()));
                HttpPlaneParts parts;
                parts.dialect = make_dialect("truefoundry", {{"page_size", page_size}});
                parts.by_hand = make_dialect("truefoundry");
                parts.serve = serve_of(plane);
                parts.credentials = {{"Authorization", "Bearer tfy_writer"}};
                return make_http_plane(std::move(parts));
            }};
}

} // namespace

std::vector<TargetVariant> sandbox_variants() {
    return {truefoundry_variant("pages_of_one", "1"), truefoundry_variant("pages_of_two", "2"),
            truefoundry_variant("one_page", "1000")};
}

} // namespace kedge
