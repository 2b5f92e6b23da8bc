#include "tests/contract/target_variants.h"

#include "tests/contract/http_plane.h"
#include "tests/contract/notebook_dialect.h"
#include "tests/contract/notebook_server.h"
#include "tests/contract/plain_plane.h"

#include <algorithm>

namespace kedge {

Json TargetVariant::edit(const std::string& word) const {
    return {{edited, edited == "url" ? "https://" + word + ".example.com/mcp" : word}};
}

std::vector<TargetVariant> variants_that(bool (*can)(const Capabilities&)) {
    std::vector<TargetVariant> chosen;
    for (const auto& family : {plain_variants(), notebook_variants(), sandbox_variants(), forge_variants()}) {
        for (const auto& variant : family) {
            if (can(variant.can())) chosen.push_back(variant);
        }
    }
    return chosen;
}

std::string name_of_variant(const testing::TestParamInfo<TargetVariant>& info) {
    return info.param.name;
}

std::vector<TargetVariant> notebook_variants() {
    return {{"notebook", [] {
                 HttpPlaneParts parts;
                 parts.dialect = make_notebook();
                 parts.by_hand = make_notebook();
                 parts.serve = notebook_server();
                 return make_http_plane(std::move(parts));
             }}};
}

std::vector<TargetVariant> plain_variants() {
    std::vector<PlainKnobs> all(10);
    all[0].name = "ids_only";
    all[0].replace_fields = {"type", "url"};
    all[1].name = "unique_names";
    all[1].names_unique = true;
    all[1].replace_fields = {"type", "url"};
    all[2].name = "tags_and_dry_run";
    all[2].tags = all[2].rehearse = true;
    all[3].name = "no_total";
    all[3].list_has_total = false;
    all[3].replace_fields = {"type", "url"};
    all[4].name = "short_rows";
    all[4].list_rows_complete = false;
    all[4].replace_fields = {"type", "url"};
    all[5].name = "no_list";
    all[5].list = all[5].list_has_total = false;
    all[6].name = "blind";
    all[6].list = all[6].list_has_total = all[6].get = all[6].find_by_name = false;
    all[7].name = "no_delete";
    all[7].remove = false;
    all[7].replace_fields = {"type", "url"};
    all[8].name = "create_answers_an_id";
    all[8].create_answers_id_only = true;
    all[8].tags = true;
    all[8].replace_fields = {"type", "url"};
    all[9].name = "versions_stand";
    all[9].versions_stand = true;
    std::vector<TargetVariant> variants;
    for (const auto& knobs : all) {
        TargetVariant variant{knobs.name, [knobs] { return make_plain_plane(knobs); }};
        const auto& fields = knobs.replace_fields;
        if (std::find(fields.begin(), fields.end(), "url") != fields.end()) {
            variant.fixed = {{"url", "https://new.example.com/mcp"}};
            variant.fixed_path = "url";
        }
        variants.push_back(std::move(variant));
    }
    return variants;
}

} // namespace kedge
