// What the published documents leave open about TrueFoundry's control plane, as switches: each has a name, a default
// and a meaning, can be set by text and is listed by `kedge-sandbox --list`. The defaults are the likeliest reading of
// the documents.
#pragma once
#include "base/json.h"
#include "sandbox/knob_rows.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

struct Knobs {
    // what is refused
    std::string name_pattern = "^[a-z][a-z0-9-]{1,34}[a-z0-9]$";
    int description_most = 1000;
    bool strict_keys = false;
    std::string unknown_body_keys = "ignore";
    std::string known_subjects;
    int unknown_subject_status = 400;
    bool check_secrets = false;
    std::string known_secrets;
    bool check_sources = true;
    int missing_source_status = 400;
    bool type_change = false;
    bool delete_checks_references = false;
    // what is written into a manifest
    bool fill_owned_by = true;
    bool fill_defaults = true;
    bool fill_provider = true;
    bool fill_nulls = false;
    bool fill_empties = false;
    bool creator_as_manager = false;
    bool convert_tool_settings = true;
    std::string disabled_key = "disabled_tools";
    std::string tool_metadata_shape = "list";
    std::string collaborators_order = "as_sent";
    std::string sets_order = "as_sent";
    bool lowercase_emails = false;
    bool strip_trailing_slash = false;
    std::string inline_spec = "keep";
    bool sign_upload_urls = false;
    // what is shown
    std::string mask = "********";
    bool mask_get = true;
    bool mask_list = true;
    bool mask_put = true;
    bool mask_existing = true;
    bool mask_references = false;
    bool mask_placeholders = false;
    bool mask_additional_headers = false;
    bool name_on_rows = true;
    bool subject_type_on_creator = true;
    std::string proxy_url = "{{mcpProxyBaseURL}}/mcp-server/{name}";
    std::string list_order = "created_desc";
    bool pagination_bounds = true;
    bool auth_list_shows_oauth = false;
    int create_status = 200;
    int delete_status = 200;
    // updates, dry runs and per-subject credentials
    bool identical_put_bumps = true;
    std::string force_flag = "both";
    bool dry_run_reports_417 = true;
    std::string dry_run_id = "absent";
    bool url_change_drops = false;
    bool oauth_secret_change_drops = false;
    bool collaborator_removal_drops = false;
    std::string gateway_url = "https://gateway.sandbox.example";

    bool operator==(const Knobs&) const = default;
};

using KnobRow = KnobRowOf<Knobs>;

const std::vector<KnobRow>& knob_table();

// The problem in words, or nothing where the knob was set. Texts: true, false, a number, or one of the choices.
std::optional<std::string> set_knob(Knobs& knobs, std::string_view name, std::string_view value);
// The same from a JSON value (true, 7, "text").
std::optional<std::string> set_knob(Knobs& knobs, std::string_view name, const Json& value);
std::string knob_text(const Knobs& knobs, const KnobRow& row);
Json knobs_json(const Knobs& knobs);

} // namespace kedge::sandbox
