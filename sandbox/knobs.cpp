#include "sandbox/knobs.h"

#include <regex>

namespace kedge::sandbox {

namespace {

std::vector<KnobRow> refusal_rows() {
    using K = Knobs;
    return {
        {"name_pattern", &K::name_pattern, {}, "regular expression for the name of a new server; empty: anything"},
        {"description_most", &K::description_most, {}, "longest description; 0: no limit"},
        {"strict_keys", &K::strict_keys, {}, "unknown manifest keys are refused, with an array of messages"},
        {"unknown_body_keys", &K::unknown_body_keys, {"ignore", "reject"}, "keys beside manifest, dryRun and the flag"},
        {"known_subjects", &K::known_subjects, {}, "comma list of collaborator subjects that exist; empty: all do"},
        {"unknown_subject_status", &K::unknown_subject_status, {"400", "422"}, "answer to an unknown subject"},
        {"check_secrets", &K::check_secrets, {}, "tfy-secret:// references must be in known_secrets, else 422"},
        {"known_secrets", &K::known_secrets, {}, "comma list of tenant:group:key"},
        {"check_sources", &K::check_sources, {}, "sources of a virtual server must be registered"},
        {"missing_source_status", &K::missing_source_status, {"400", "404"}, "answer to a missing source"},
        {"type_change", &K::type_change, {}, "an update may change the type of a server; else 400"},
        {"delete_checks_references",
         &K::delete_checks_references,
         {},
         "a server that a virtual server names is not deleted (409)"},
    };
}

std::vector<KnobRow> writing_rows() {
    using K = Knobs;
    return {
        {"fill_owned_by", &K::fill_owned_by, {}, "ownedBy is filled with the tenant"},
        {"fill_defaults", &K::fill_defaults, {}, "auth_level, grant_type, jwt_source, reject_unauthorized, command"},
        {"fill_provider", &K::fill_provider, {}, "oauth2 gets provider: custom"},
        {"fill_nulls", &K::fill_nulls, {}, "absent optional keys come back as null"},
        {"fill_empties", &K::fill_empties, {}, "absent tags and scopes come back empty"},
        {"creator_as_manager", &K::creator_as_manager, {}, "the creator becomes a collaborator (mcp-server-manager)"},
        {"convert_tool_settings", &K::convert_tool_settings, {}, "tool_settings become tool_policy and tool_metadata"},
        {"disabled_key", &K::disabled_key, {}, "key of the disabled tools in tool_policy"},
        {"tool_metadata_shape", &K::tool_metadata_shape, {"list", "map"}, "shape of converted tool_metadata"},
        {"collaborators_order", &K::collaborators_order, {"as_sent", "sorted", "reversed"}, "order after saving"},
        {"sets_order",
         &K::sets_order,
         {"as_sent", "sorted", "reversed"},
         "order of scopes and tool names after saving"},
        {"lowercase_emails", &K::lowercase_emails, {}, "user:<email> subjects are put in lower case"},
        {"strip_trailing_slash", &K::strip_trailing_slash, {}, "url loses its trailing slash"},
        {"inline_spec", &K::inline_spec, {"keep", "store"}, "store: an inline OpenAPI document becomes a stored one"},
        {"sign_upload_urls", &K::sign_upload_urls, {}, "urls of stored documents carry a signature that changes"},
    };
}

std::vector<KnobRow> showing_rows() {
    using K = Knobs;
    return {
        {"mask", &K::mask, {}, "what stands in place of a secret"},
        {"mask_get", &K::mask_get, {}, "secrets are masked in GET by id"},
        {"mask_list", &K::mask_list, {}, "secrets are masked in the list"},
        {"mask_put", &K::mask_put, {}, "secrets are masked in the answer to PUT"},
        {"mask_existing", &K::mask_existing, {}, "secrets are masked in existingManifest of /apply"},
        {"mask_references", &K::mask_references, {}, "tfy-secret:// references are masked as well"},
        {"mask_placeholders", &K::mask_placeholders, {}, "values with a {{PLACEHOLDER}} are masked as well"},
        {"mask_additional_headers", &K::mask_additional_headers, {}, "values of additional_headers are masked as well"},
        {"name_on_rows", &K::name_on_rows, {}, "rows have a top-level name"},
        {"subject_type_on_creator", &K::subject_type_on_creator, {}, "createdBySubject has subjectType"},
        {"proxy_url", &K::proxy_url, {}, "template of proxyUrl; {name}, {id} are replaced"},
        {"list_order", &K::list_order, {"created_desc", "created_asc", "shuffled"}, "order of the list"},
        {"pagination_bounds", &K::pagination_bounds, {}, "pagination repeats offset and limit"},
        {"auth_list_shows_oauth", &K::auth_list_shows_oauth, {}, "GET /mcp/{id}/auth lists OAuth tokens too"},
        {"create_status", &K::create_status, {"200", "201"}, "status of a PUT that creates"},
        {"delete_status", &K::delete_status, {"200", "204"}, "status of a DELETE"},
        {"gateway_url", &K::gateway_url, {}, "url in /llm-gateway/installations"},
    };
}

std::vector<KnobRow> update_rows() {
    using K = Knobs;
    return {
        {"identical_put_bumps", &K::identical_put_bumps, {}, "a PUT that changes nothing moves updatedAt"},
        {"force_flag", &K::force_flag, {"both", "forceDelete", "force"}, "name of the flag that acknowledges a 417"},
        {"dry_run_reports_417", &K::dry_run_reports_417, {}, "a dry run answers 417 where the PUT would"},
        {"dry_run_id", &K::dry_run_id, {"absent", "synthetic"}, "id in the dry run of a new server"},
        {"url_change_drops", &K::url_change_drops, {}, "another url drops all per-subject credentials"},
        {"oauth_secret_change_drops",
         &K::oauth_secret_change_drops,
         {},
         "another client_secret, scopes or token params drop OAuth tokens"},
        {"collaborator_removal_drops",
         &K::collaborator_removal_drops,
         {},
         "a removed collaborator loses the credentials"},
    };
}

std::optional<std::string> check_pattern(std::string_view name, std::string_view value) {
    if (name != "name_pattern" || value.empty()) return std::nullopt;
    try {
        std::regex(std::string(value));
    } catch (const std::regex_error&) {
        return knob_problem(name, "no valid regular expression");
    }
    return std::nullopt;
}

} // namespace

const std::vector<KnobRow>& knob_table() {
    static const std::vector<KnobRow> rows = [] {
        std::vector<KnobRow> all = refusal_rows();
        for (const auto& part : {writing_rows(), showing_rows(), update_rows()}) {
            all.insert(all.end(), part.begin(), part.end());
        }
        return all;
    }();
    return rows;
}

std::optional<std::string> set_knob(Knobs& knobs, std::string_view name, std::string_view value) {
    if (auto problem = check_pattern(name, value)) return problem;
    return set_field(knobs, knob_table(), name, value);
}

std::optional<std::string> set_knob(Knobs& knobs, std::string_view name, const Json& value) {
    const auto text = knob_value_text(value);
    if (!text) return knob_problem(name, "true, false, a number or a text is wanted");
    return set_knob(knobs, name, std::string_view(*text));
}

std::string knob_text(const Knobs& knobs, const KnobRow& row) {
    return field_text(knobs, row);
}

Json knobs_json(const Knobs& knobs) {
    return fields_json(knobs, knob_table());
}

} // namespace kedge::sandbox
