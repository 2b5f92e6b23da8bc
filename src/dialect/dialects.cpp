#include "dialect/dialects.h"

#include "dialect/aeontel.h"
#include "dialect/contextforge.h"
#include "dialect/gaia.h"
#include "dialect/gravity_rail.h"
#include "dialect/truefoundry.h"
#include "dialect/zudu.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace kedge {

namespace {

std::unique_ptr<Dialect> truefoundry_from(const DialectOptions& options) {
    TrueFoundryOptions it;
    it.force_flag = options.at("force_flag");
    it.disabled_tools_key = options.at("disabled_tools_key");
    it.page_size = std::stoi(options.at("page_size"));
    return make_truefoundry(std::move(it));
}

DialectOption page_size(int most, const std::string& fallback) {
    return {.name = "page_size",
            .help = "rows of the list asked for at once, 1 to " + std::to_string(most),
            .fallback = fallback,
            .kind = OptionKind::number,
            .most = most};
}

DialectEntry truefoundry_entry() {
    return {"truefoundry",
            {{.name = "force_flag",
              .help = "wire name of the acknowledgement",
              .choices = {"forceDelete", "force"},
              .fallback = "forceDelete"},
             {.name = "disabled_tools_key",
              .help = "wire name of the denylist inside `tool_policy`",
              .fallback = "disabled_tools"},
             page_size(1000, "1000")},
            truefoundry_from};
}

std::unique_ptr<Dialect> zudu_from(const DialectOptions& options) {
    ZuduOptions it;
    it.wrapped = options.at("patch") == "wrapped";
    it.deletes = options.at("deletes") == "yes";
    it.page_size = std::stoi(options.at("page_size"));
    return make_zudu(it);
}

DialectEntry zudu_entry() {
    return {"zudu",
            {{.name = "secret",
              .help = "the API secret (`X-API-SECRET`) that belongs to `token`, the API key (`X-API-KEY`)",
              .required = true,
              .kind = OptionKind::credential},
             {.name = "patch",
              .help = "the body of an update: bare, or in `config` as in the hand-written pages",
              .choices = {"flat", "wrapped"},
              .fallback = "flat"},
             {.name = "deletes",
              .help = "try `DELETE /api/mcp-servers/{id}`, which no page has",
              .choices = {"no", "yes"},
              .fallback = "no"},
             page_size(100, "100")},
            zudu_from};
}

std::unique_ptr<Dialect> aeontel_from(const DialectOptions& options) {
    AeontelOptions it;
    it.workspace = options.at("workspace");
    it.published = options.at("api") == "published";
    it.page_size = std::stoi(options.at("page_size"));
    return make_aeontel(std::move(it));
}

DialectEntry aeontel_entry() {
    return {
        "aeontel",
        {{.name = "workspace", .help = "id of the workspace that the servers belong to (`wsp_...`)", .required = true},
         {.name = "api",
          .help = "also list, get and delete, which no page has, or only what is published",
          .choices = {"full", "published"},
          .fallback = "full"},
         page_size(100, "100")},
        aeontel_from};
}

std::unique_ptr<Dialect> gravity_rail_from(const DialectOptions& options) {
    GravityRailOptions it;
    it.workspace = options.at("workspace");
    it.writes = options.at("writes") == "yes";
    it.probe = options.at("probe") == "yes";
    it.base_url = options.at("url");
    return make_gravity_rail(std::move(it));
}

DialectEntry gravity_rail_entry() {
    return {"gravity_rail",
            {{.name = "workspace", .help = "UUID of the workspace that the key belongs to", .required = true},
             {.name = "writes",
              .help = "try to create and update servers, which is not in the published API",
              .choices = {"no", "yes"},
              .fallback = "no"},
             {.name = "probe",
              .help = "find out before each pass what the key may do, by calls on server 0, which does not exist",
              .choices = {"yes", "no"},
              .fallback = "yes"}},
            gravity_rail_from};
}

std::unique_ptr<Dialect> contextforge_from(const DialectOptions& options) {
    ContextForgeOptions it;
    it.visibility = options.at("visibility");
    it.async = options.at("lifecycle") == "async";
    it.page_size = std::stoi(options.at("page_size"));
    return make_contextforge(std::move(it));
}

DialectEntry contextforge_entry() {
    return {"contextforge",
            {{.name = "visibility",
              .help = "the scope: only gateways of this visibility are seen, and what is written gets it",
              .choices = {"public", "private", "team"},
              .fallback = "public"},
             {.name = "lifecycle",
              .help = "`async` where GATEWAY_ASYNC_LIFECYCLE_ENABLED is set there: names are looked up before a create",
              .choices = {"sync", "async"},
              .fallback = "sync"},
             page_size(1000, "500")},
            contextforge_from};
}

std::unique_ptr<Dialect> gaia_from(const DialectOptions& options) {
    GaiaOptions it;
    it.project = options.at("project");
    it.as_built = options.at("api") == "as_built";
    it.validate = options.at("validate") == "yes";
    return make_gaia(std::move(it));
}

DialectEntry gaia_entry() {
    return {"gaia",
            {{.name = "project", .help = "id of the project that the servers belong to", .required = true},
             {.name = "api",
              .help = "the API as the source code has it, or as the documents say",
              .choices = {"as_built", "documented"},
              .fallback = "as_built"},
             {.name = "validate",
              .help = "rehearse changes with the call that asks whether the MCP server answers, which contacts it",
              .choices = {"no", "yes"},
              .fallback = "no"}},
            gaia_from};
}

bool is_number(const std::string& text, int most) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value >= 1 && value <= most;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

void check_value(const DialectOption& option, const std::string& value) {
    const auto& choices = option.choices;
    if (option.kind == OptionKind::number && !is_number(value, option.most))
        throw std::invalid_argument(option.name + " \"" + value + "\" is no number from 1 to " +
                                    std::to_string(option.most));
    if (value.empty()) throw std::invalid_argument("option \"" + option.name + "\" is empty");
    if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end())
        throw std::invalid_argument("option \"" + option.name + "\" must be one of " + joined(choices));
}

} // namespace

const std::vector<DialectEntry>& dialects() {
    static const std::vector<DialectEntry> all{
        truefoundry_entry(), aeontel_entry(), gaia_entry(), zudu_entry(), gravity_rail_entry(), contextforge_entry(),
    };
    return all;
}

const DialectEntry* find_dialect(std::string_view name) {
    for (const auto& entry : dialects()) {
        if (entry.name == name) return &entry;
    }
    return nullptr;
}

std::unique_ptr<Dialect> make_dialect(const DialectEntry& entry, const DialectOptions& options,
                                      const std::string& base_url) {
    DialectOptions complete;
    std::vector<std::string> known;
    for (const auto& option : entry.options) {
        if (option.kind == OptionKind::credential) continue;
        known.push_back(option.name);
        const auto given = options.find(option.name);
        if (given != options.end()) {
            check_value(option, given->second);
            complete.insert(*given);
        } else if (option.required) {
            throw std::invalid_argument("option \"" + option.name + "\" is missing: " + option.help);
        } else if (!option.fallback.empty()) {
            complete.emplace(option.name, option.fallback);
        }
    }
    std::sort(known.begin(), known.end());
    for (const auto& [key, value] : options) {
        if (!std::binary_search(known.begin(), known.end(), key))
            throw std::invalid_argument("unknown option \"" + key + "\"; known: " + joined(known));
    }
    complete.emplace("url", base_url);
    return entry.make(complete);
}

std::unique_ptr<Dialect> make_dialect(std::string_view name, const DialectOptions& options,
                                      const std::string& base_url) {
    if (const auto* entry = find_dialect(name)) return make_dialect(*entry, options, base_url);
    std::vector<std::string> known;
    for (const auto& entry : dialects()) known.push_back(entry.name);
    throw std::invalid_argument("unknown dialect \"" + std::string(name) + "\"; known: " + joined(known));
}

} // namespace kedge
