// The two files of UNIT_PATH/.kedge: overrides and releases. Lists, read strictly.
#include "base/spelling.h"
#include "manifest/extension.h"
#include "manifest/load.h"
#include "manifest/validate.h"
#include "model/secret_fields.h"

#include <algorithm>
#include <set>

namespace kedge {

namespace {

// The one list of a side file; null where there is nothing to read.
const YamlDocument* only_list(const YamlFile& file, const std::string& what, std::vector<Finding>& findings,
                              std::string_view text) {
    const YamlDocument* found = nullptr;
    for (const auto& document : file.documents) {
        if (document.empty) continue;
        DocumentFindings own(text, document);
        if (found != nullptr)
            own.error("", "a second document", "write one list of " + what);
        else if (!document.value.is_array())
            own.error("", "a list of " + what + " is expected, not " + kind_of(document.value),
                      "begin each entry with \"- \"");
        else
            found = &document;
        for (auto& finding : own.take("")) findings.push_back(std::move(finding));
    }
    return found;
}

class Entry {
public:
    Entry(const Json& value, std::string pointer, DocumentFindings& findings)
        : value_(value), pointer_(std::move(pointer)), findings_(findings) {}

    bool is_map(const std::vector<std::string>& known) {
        if (!value_.is_object()) {
            error("", "an entry must be a map, not " + kind_of(value_), "");
            return false;
        }
        for (const auto& [key, member] : value_.items()) {
            if (std::find(known.begin(), known.end(), key) != known.end()) continue;
            std::string list;
            for (const auto& word : known) list += (list.empty() ? "" : ", ") + word;
            const auto meant = nearest_word(key, known);
            error(key, "unknown key \"" + key + "\"",
                  meant.empty() ? "known are " + list : "is \"" + meant + "\" meant?");
        }
        return true;
    }

    std::string text(const std::string& key, bool required) {
        const auto found = value_.find(key);
        if (found == value_.end()) {
            if (required) error("", "no field \"" + key + "\"", "");
            return "";
        }
        if (!found->is_string()) {
            error(key, "\"" + key + "\" must be text, not " + kind_of(*found), "put it in quotes");
            return "";
        }
        if (found->get_ref<const std::string&>().empty()) error(key, "\"" + key + "\" is empty", "");
        return found->get<std::string>();
    }

    void error(const std::string& key, const std::string& message, const std::string& hint) {
        findings_.error(key.empty() ? pointer_ : pointer_to(pointer_, key), message, hint);
    }

private:
    const Json& value_;
    std::string pointer_;
    DocumentFindings& findings_;
};

// Such a file is one list of up to a hundred thousand entries, and each excerpt costs a walk through the file.
constexpr std::size_t most_findings = 100;

std::string_view shown_text(std::string_view text, const std::vector<Finding>& findings) {
    return findings.size() < most_findings ? text : std::string_view();
}

void keep(std::vector<Finding>& findings, std::vector<Finding> more) {
    for (auto& finding : more) {
        if (findings.size() > most_findings) return;
        if (findings.size() == most_findings) {
            finding.severity = Severity::error;
            finding.message = "more than 100 mistakes in this file: the others are not shown";
            finding.hint = "mend these first";
        }
        findings.push_back(std::move(finding));
    }
}

Override read_override(const Json& value, const std::string& pointer, DocumentFindings& findings) {
    Override result;
    Entry entry(value, pointer, findings);
    if (!entry.is_map({"type", "name", "x-kedge"})) return result;
    result.type = entry.text("type", false);
    result.name = entry.text("name", true);
    const auto block = value.find("x-kedge");
    if (block == value.end()) {
        entry.error("", "no field \"x-kedge\"", "write the block that the matching manifests get");
        return result;
    }
    refuse_reserved_keys(value, findings);
    const bool many = result.name.find_first_of("*?[") != std::string::npos;
    const bool any_type = result.type.find_first_of("*?[") != std::string::npos;
    auto read = read_extension(*block, pointer + "/x-kedge",
                               {any_type ? "" : result.type, many ? "" : result.name, many}, findings);
    result.extension = std::move(read.extension);
    result.keys = std::move(read.keys);
    return result;
}

Release read_release(const Json& value, const std::string& pointer, DocumentFindings& findings) {
    Release release;
    Entry entry(value, pointer, findings);
    if (!entry.is_map({"digest", "name", "because", "at_most"})) return release;
    std::string digest = entry.text("digest", true);
    std::transform(digest.begin(), digest.end(), digest.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
    const auto bytes = digest_from_hex(digest);
    if (bytes && digest.size() == 64)
        release.digest = *bytes;
    else if (!digest.empty())
        entry.error("digest", "\"digest\" must be 64 hex digits, not " + std::to_string(digest.size()) + " characters",
                    "copy the whole digest from the plan");
    release.name = entry.text("name", true);
    release.because = entry.text("because", true);
    const auto most = value.find("at_most");
    if (most == value.end()) return release;
    const bool fits = most->is_number_integer() && *most > 0 && *most <= 1'000'000'000;
    if (fits)
        release.at_most = most->get<int>();
    else
        entry.error("at_most", "\"at_most\" must be a whole number above 0",
                    "it is the most people that may be signed out");
    return release;
}

// Each entry with an error of its own is left out; `read` fills in one value for each good one.
template<typename Value, typename Read>
std::vector<Value> read_entries(const YamlDocument& document, std::string_view text, std::vector<Finding>& findings,
                                Read read) {
    std::vector<Value> values;
    for (std::size_t i = 0; i < document.value.size(); ++i) {
        DocumentFindings own(shown_text(text, findings), document);
        const auto pointer = "/" + std::to_string(i);
        Value value = read(document.value[i], pointer, own);
        value.place = place_of(document, pointer);
        if (!own.has_error()) values.push_back(value);
        keep(findings, own.take(value.name));
    }
    return values;
}

} // namespace

LoadedOverrides load_overrides(const std::string& path, std::string_view text) {
    LoadedOverrides result;
    YamlFile file = parse_yaml(path, text);
    result.findings = std::move(file.findings);
    if (has_errors(result.findings)) return result;
    const YamlDocument* list = only_list(file, "overrides", result.findings, text);
    if (list != nullptr) result.overrides = read_entries<Override>(*list, text, result.findings, read_override);
    return result;
}

LoadedReleases load_releases(const std::string& path, std::string_view text) {
    LoadedReleases result;
    YamlFile file = parse_yaml(path, text);
    result.findings = std::move(file.findings);
    if (has_errors(result.findings)) return result;
    const YamlDocument* list = only_list(file, "releases", result.findings, text);
    if (list == nullptr) return result;
    result.releases = read_entries<Release>(*list, text, result.findings, read_release);
    std::set<Digest> seen;
    for (const auto& release : result.releases) {
        if (seen.insert(release.entry()).second) continue;
        const auto excerpt = excerpt_of(shown_text(text, result.findings), release.place);
        keep(result.findings,
             {{Severity::warning, release.place, "the same entry stands twice: it is good for one write",
               "write another \"because\" for a second yes", excerpt, release.name}});
    }
    return result;
}

} // namespace kedge
