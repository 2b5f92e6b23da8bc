#include "sandbox/apis.h"
#include "tests/contract/http_plane.h"
#include "tests/contract/sandbox_meeting.h"
#include "tests/contract/target_variants.h"

namespace kedge {

std::unique_ptr<Plane> meet(const Meeting& meeting) {
    const auto* entry = sandbox::api_entry(meeting.api);
    if (entry == nullptr) throw std::invalid_argument("the sandbox does not speak " + meeting.api);
    std::shared_ptr<sandbox::ControlPlane> plane = entry->make({});
    if (const auto problem = plane->turn_knobs(meeting.knobs, true)) throw std::invalid_argument(*problem);
    auto& ground = plane->ground();
    ground.people().add(meeting.token, sandbox::person_of(sandbox::Role::admin, ground.options().tenant));
    HttpPlaneParts parts;
    parts.dialect = make_dialect(meeting.api, meeting.options);
    parts.by_hand = make_dialect(meeting.api, meeting.by_hand);
    parts.credentials = meeting.credentials;
    parts.serve = [plane, tamper = meeting.tamper](const HttpRequest& request) -> std::optional<HttpResponse> {
        auto exchange = plane->serve(request);
        if (exchange.line != sandbox::Exchange::Line::answer) return std::nullopt;
        if (tamper) tamper(request, exchange.response);
        return std::move(exchange.response);
    };
    return make_http_plane(std::move(parts));
}

namespace {

constexpr const char* workspace = "00000000-0000-4000-8000-000000000001";
HttpHeaders bearer() {
    return {{"Authorization", "Bearer sec_tests"}};
}

std::vector<Meeting> truefoundry() {
    std::vector<Meeting> all;
    for (const auto& [name, size] : {std::pair{"pages_of_one", "1"}, {"pages_of_two", "2"}, {"one_page", "1000"}})
        all.push_back({std::string("truefoundry_") + name,
                       "truefoundry",
                       {{"page_size", size}},
                       {},
                       {},
                       "tfy_tests",
                       {{"Authorization", "Bearer tfy_tests"}}});
    return all;
}

std::vector<Meeting> aeontel() {
    const DialectOptions full{{"workspace", "wsp_tests"}};
    auto paged = full;
    auto pairs = full;
    auto published = full;
    paged["page_size"] = "1";
    pairs["page_size"] = "2";
    published["api"] = "published";
    return {{"aeontel_full", "aeontel", full, full, {}, "sec_tests", bearer()},
            {"aeontel_pages_of_one", "aeontel", paged, full, {}, "sec_tests", bearer()},
            {"aeontel_pages_of_two", "aeontel", pairs, full, {}, "sec_tests", bearer()},
            {"aeontel_published", "aeontel", published, full, {}, "sec_tests", bearer()}};
}

std::vector<Meeting> zudu() {
    std::vector<Meeting> all;
    const HttpHeaders pair{{"X-API-KEY", "sk_tests"}, {"X-API-SECRET", "s3cr3t_tests"}};
    for (const std::string patch : {"flat", "wrapped"}) {
        for (const std::string size : {"1", "2", "100"}) {
            const DialectOptions options{{"patch", patch}, {"deletes", "yes"}, {"page_size", size}};
            const Json knobs{{"patch", patch}, {"answers", patch == "flat" ? "g" : "h"}};
            all.push_back({"zudu_" + patch + "_pages_of_" + size, "zudu", options, options, knobs,
                           "sk_tests:s3cr3t_tests", pair});
        }
    }
    // What is written and what is answered are two questions.
    for (const auto& [patch, answers] : {std::pair{"flat", "h"}, {"wrapped", "g"}}) {
        const DialectOptions options{{"patch", patch}, {"deletes", "yes"}};
        all.push_back({std::string("zudu_") + patch + "_answers_" + answers,
                       "zudu",
                       options,
                       options,
                       {{"patch", patch}, {"answers", answers}},
                       "sk_tests:s3cr3t_tests",
                       pair});
    }
    const DialectOptions options{{"deletes", "no"}};
    all.push_back({"zudu_without_delete", "zudu", options, {{"deletes", "yes"}}, {}, "sk_tests:s3cr3t_tests", pair});
    return all;
}

std::vector<Meeting> gravity_rail() {
    const DialectOptions options{{"workspace", workspace}, {"writes", "yes"}};
    std::vector<Meeting> all;
    for (const auto& [name, knobs] :
         std::vector<std::pair<std::string, Json>>{{"", Json::object()},
                                                   {"_items", {{"list_shape", "items"}}},
                                                   {"_seen_by_id", {{"get_visibility", "all"}}}}) {
        Json all_knobs = knobs;
        all_knobs["writes"] = true;
        all.push_back({"gravity_rail" + name, "gravity_rail", options, options, all_knobs, "sec_tests", bearer()});
    }
    return all;
}

std::vector<Meeting> gaia() {
    const DialectOptions built{{"project", "tests"}, {"api", "as_built"}};
    const DialectOptions documented{{"project", "tests"}, {"api", "documented"}};
    auto validated = built;
    validated["validate"] = "yes";
    return {{"gaia_validated",
             "gaia",
             validated,
             built,
             {{"dialect", "as_built"}},
             "sec_tests",
             {{"gaia-api-key", "sec_tests"}}},
            {"gaia_as_built",
             "gaia",
             built,
             built,
             {{"dialect", "as_built"}},
             "sec_tests",
             {{"gaia-api-key", "sec_tests"}}},
            {"gaia_documented", "gaia", documented, documented, {{"dialect", "documented"}}, "sec_tests", bearer()}};
}

} // namespace

std::vector<TargetVariant> sandbox_variants() {
    std::vector<TargetVariant> variants;
    for (const auto& family : {truefoundry(), aeontel(), zudu(), gravity_rail(), gaia()}) {
        for (const auto& meeting : family) {
            if (sandbox::api_entry(meeting.api) == nullptr) continue; // not spoken there
            const bool described = meeting.api != "aeontel" && meeting.api != "gravity_rail";
            TargetVariant variant{meeting.name, [meeting] { return meet(meeting); }};
            if (!described) variant.edited = "url";
            if (meeting.api == "gaia") {
                variant.fixed = {{"x-kedge", {{"gaia", {{"transport", "sse"}}}}}};
                variant.fixed_path = "x-kedge.gaia.transport";
            } else if (meeting.api == "zudu") {
                variant.fixed = {{"x-kedge", {{"zudu", {{"secret_id", "sec_2"}}}}}};
                variant.fixed_path = "x-kedge.zudu.secret_id";
                variant.fixed_shows = false;
            }
            variants.push_back(std::move(variant));
        }
    }
    return variants;
}

} // namespace kedge
