#include "manifest/load.h"

#include "manifest/ambiguous.h"
#include "manifest/extension.h"
#include "manifest/schema.h"
#include "manifest/schema_table.h"
#include "manifest/secret_text.h"
#include "manifest/validate.h"

#include <algorithm>

namespace kedge {

namespace {

std::string name_of(const Json& document) {
    if (!document.is_object()) return "";
    const auto name = document.find("name");
    return name != document.end() && name->is_string() ? name->get<std::string>() : "";
}

// Would a person say that this was meant as a manifest?
bool looks_like_manifest(const Json& document) {
    if (!document.is_object() || !document.contains("name")) return false;
    return document.contains("url") || document.contains("servers") || document.contains("collaborators");
}

std::map<std::string, int> lines_of(const YamlDocument& document) {
    std::map<std::string, int> lines;
    for (const auto& [pointer, place] : document.places) {
        const auto depth = std::count(pointer.begin(), pointer.end(), '/');
        // Of x-kedge: the blocks of control planes, which are part of what is sent.
        if (pointer.starts_with("/x-kedge") ? depth >= 2 && depth <= 4 : depth <= 2)
            lines.emplace_hint(lines.end(), pointer, place.line);
    }
    return lines;
}

class FileLoader {
public:
    FileLoader(const std::string& path, std::string_view text, const LoadContext& context)
        : path_(path), text_(text), context_(context) {}

    LoadedFile load() {
        YamlFile file = parse_yaml(path_, text_);
        held_ = context_.held_manifest && context_.held_manifest(path_);
        bool nothing = true;
        for (std::size_t i = 0; i < file.documents.size(); ++i) {
            auto& document = file.documents[i];
            if (document.empty) continue;
            nothing = false;
            std::vector<Finding> own;
            for (std::size_t k = 0; k < file.findings.size(); ++k) {
                if (file.finding_documents[k] == static_cast<int>(i)) own.push_back(file.findings[k]);
            }
            take(document, static_cast<int>(i), std::move(own));
        }
        for (std::size_t k = 0; k < file.findings.size(); ++k) {
            if (file.finding_documents[k] < 0) result_.findings.push_back(file.findings[k]);
        }
        if (file.unreadable)
            give_up();
        else if (nothing && held_) {
            add({Severity::error,
                 {path_, 0, 0},
                 "the file held a manifest and holds none any more",
                 "delete the file to remove the registration",
                 "",
                 ""});
        }
        return std::move(result_);
    }

private:
    void add(Finding finding) { result_.findings.push_back(std::move(finding)); }

    // Each excerpt costs a walk through the file, and a file may hold a hundred thousand mistakes: only the first ones
    // are quoted.
    std::string_view shown_text() const { return result_.findings.size() < 100 ? text_ : std::string_view(); }

    // The file is no valid YAML: what stands before the mistake may be cut off, so nothing of it is taken.
    void give_up() {
        for (const auto& resource : result_.resources) result_.invalid_names.push_back(resource.name);
        result_.resources.clear();
        result_.wrong.clear();
        result_.documents.clear();
        result_.unreadable = true;
    }

    void invalid(const Json& value) {
        const auto name = name_of(value);
        if (!name.empty()) result_.invalid_names.push_back(name);
    }

    void take(YamlDocument& document, int index, std::vector<Finding> own) {
        const Classification found = classify(document.value);
        switch (found.kind) {
        case DocumentClass::manifest:
            manifest(document, index, std::move(own));
            return;
        case DocumentClass::other_type: // not ours to judge
            if (!document.undefined_alias && std::none_of(own.begin(), own.end(), [](const Finding& f) {
                    return f.message.find("\"type\"") != std::string::npos;
                })) {
                ++result_.other_types;
                return;
            }
            break;
        case DocumentClass::near_miss:
            wrong_type(document, "unknown type \"" + found.type + "\"", found.hint);
            break;
        case DocumentClass::retired:
            wrong_type(document, "type \"" + found.type + "\" is gone", found.hint);
            break;
        case DocumentClass::no_type:
            if (!no_type(document)) return;
            break;
        }
        for (auto& finding : own) {
            finding.name = name_of(document.value);
            add(std::move(finding));
        }
        invalid(document.value);
    }

    void wrong_type(const YamlDocument& document, const std::string& message, const std::string& hint) {
        DocumentFindings findings(shown_text(), document);
        findings.error("/type", message, hint);
        for (auto& finding : findings.take(name_of(document.value))) add(std::move(finding));
    }

    // True where it is an error.
    bool no_type(const YamlDocument& document) {
        DocumentFindings findings(shown_text(), document);
        const auto& value = document.value;
        const bool odd = value.is_object() && value.contains("type");
        const std::string what = odd                 ? "\"type\" is " + kind_of(value["type"])
                                 : value.is_object() ? "no field \"type\""
                                                     : "the document is " + kind_of(value);
        const bool error = held_ || looks_like_manifest(value) || document.unsound;
        const std::string hint = "write type: mcp-server/remote, or another type";
        if (looks_like_manifest(value))
            findings.error(odd ? "/type" : "", what + ", though this looks like a manifest", hint);
        else if (held_)
            findings.error(odd ? "/type" : "", what + ", and this file held a manifest before", hint);
        else if (!document.unsound) // what is wrong with it is said, and hides what it was meant as
            findings.warning(odd ? "/type" : "", what + ": not a manifest, left alone",
                             "keep such files out with .kedgeignore");
        for (auto& finding : findings.take(name_of(value))) add(std::move(finding));
        return error;
    }

    void manifest(YamlDocument& document, int index, std::vector<Finding> own) {
        DocumentFindings findings(shown_text(), document);
        Resource resource;
        resource.document = std::move(document.value);
        resource.type = resource.document["type"].get<std::string>();
        const Shape& shape = *manifest_shape(resource.type);
        resolve_ambiguous(&shape, document, resource.document, findings);
        resource.name = name_of(resource.document);
        refuse_reserved_keys(resource.document, findings);
        const ExtensionOwner owner{resource.type, resource.name, false};
        ReadExtension extension;
        auto references = read_references(resource.document, context_.secret_allowed, findings);
        if (const auto block = resource.document.find("x-kedge"); block != resource.document.end()) {
            extension = read_extension(*block, "/x-kedge", owner, findings);
            resource.document.erase(block);
        }
        validate_manifest(shape, resource.document, findings);
        const bool valid = !findings.has_error() && !document.broken;
        findings.include(std::move(own));
        for (auto& finding : findings.take(resource.name)) add(std::move(finding));
        resource.place = document.place;
        resource.extension = merged_extension(context_.overrides, owner, std::move(extension));
        resource.references = std::move(references);
        resource.lines = lines_of(document);
        if (!valid) {
            invalid(resource.document);
            result_.wrong.push_back(std::move(resource));
            return;
        }
        result_.resources.push_back(std::move(resource));
        result_.documents.push_back(index);
    }

    const std::string& path_;
    std::string_view text_;
    const LoadContext& context_;
    bool held_ = false;
    LoadedFile result_;
};

} // namespace

std::vector<std::string> source_names(const Json& document) {
    std::vector<std::string> names;
    if (!document.is_object() || !document.contains("servers") || !document["servers"].is_array()) return names;
    for (const auto& server : document["servers"]) {
        auto name = name_of(server);
        if (!name.empty()) names.push_back(std::move(name));
    }
    return names;
}

LoadedFile load_file(const std::string& path, std::string_view text, const LoadContext& context) {
    return FileLoader(path, text, context).load();
}

} // namespace kedge
