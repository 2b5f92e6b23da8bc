#include "manifest/extension.h"

#include "base/glob.h"
#include "base/spelling.h"
#include "manifest/schema.h"
#include "manifest/schema_table.h"
#include "manifest/validate.h"
#include "model/marker.h"
#include "model/secret_fields.h"

#include <algorithm>

namespace kedge {

namespace {

const std::vector<std::string>& plain_keys() {
    static const std::vector<std::string> keys{"units", "prune", "adopt", "ignore", "keep", "formerly"};
    return keys;
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    while (true) {
        const auto end = path.find('.');
        segments.emplace_back(path.substr(0, end));
        if (end == std::string_view::npos) return segments;
        path.remove_prefix(end + 1);
    }
}

// Does the path go on inside a list? Lists are compared as a whole.
bool enters_list(const Shape& shape, const std::vector<std::string>& path) {
    const Shape* inside = &shape;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        const Field* field = inside == nullptr ? nullptr : find_field(*inside, path[i]);
        if (field == nullptr) return false;
        if (field->type == FieldType::list) return true;
        inside = field->type == FieldType::object && field->shapes.size() == 1 ? field->shapes.front() : nullptr;
    }
    return false;
}

class Reader {
public:
    Reader(const std::string& pointer, const ExtensionOwner& owner, DocumentFindings& findings)
        : pointer_(pointer), owner_(owner), findings_(findings) {}

    ReadExtension read(const Json& block) {
        if (!block.is_object()) {
            findings_.error(pointer_, "x-kedge must be a map, not " + kind_of(block), "");
            return {};
        }
        for (const auto& [key, value] : block.items()) {
            const auto at = pointer_to(pointer_, key);
            result_.keys.push_back(key);
            if (key == "units")
                result_.extension.units = unit_globs(value, at);
            else if (key == "prune")
                prune(value, at);
            else if (key == "adopt")
                adopt(value, at);
            else if (key == "ignore")
                result_.extension.ignore = paths(value, at);
            else if (key == "keep")
                keep(value, at);
            else if (key == "formerly")
                result_.extension.formerly = former_names(value, at);
            else if (contains(extension_providers(), key))
                provider(key, value, at);
            else
                unknown(key, at);
        }
        return std::move(result_);
    }

private:
    void unknown(const std::string& key, const std::string& at) {
        auto known = plain_keys();
        known.insert(known.end(), extension_providers().begin(), extension_providers().end());
        const auto meant = nearest_word(key, known);
        std::string list;
        for (const auto& word : known) list += (list.empty() ? "" : ", ") + word;
        findings_.error(at, "unknown key \"" + key + "\" in x-kedge",
                        meant.empty() ? "known are " + list : "is \"" + meant + "\" meant?");
    }

    std::vector<std::string> texts(const Json& value, const std::string& at, const std::string& what) {
        std::vector<std::string> found;
        if (!value.is_array()) {
            findings_.error(at, dotted(at) + " must be a list of " + what + ", not " + kind_of(value), "");
            return found;
        }
        for (std::size_t i = 0; i < value.size(); ++i) {
            const auto own = at + "/" + std::to_string(i);
            if (!value[i].is_string())
                findings_.error(own, dotted(own) + " must be text, not " + kind_of(value[i]), "");
            else if (value[i].get_ref<const std::string&>().empty())
                findings_.error(own, dotted(own) + " is empty", "");
            else
                found.push_back(value[i].get<std::string>());
        }
        return found;
    }

    std::vector<std::string> unit_globs(const Json& value, const std::string& at) {
        auto globs = texts(value, at, "unit names");
        for (const auto& glob : globs) {
            if (glob.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-*?[]!") != std::string::npos) {
                findings_.error(at, "\"" + glob + "\" in " + dotted(at) + " can match no unit",
                                "units are called [a-z0-9-]; * and ? stand for letters");
            }
        }
        if (value.is_array() && value.empty())
            findings_.error(at, dotted(at) + " is empty", "remove it: then every unit takes the manifest");
        return globs;
    }

    void prune(const Json& value, const std::string& at) {
        if (value == "never")
            result_.extension.prune_never = true;
        else if (value != "owned")
            findings_.error(at, dotted(at) + " must be owned or never", "");
    }

    void adopt(const Json& value, const std::string& at) {
        if (owner_.many)
            findings_.error(at, dotted(at) + " names one registration, this entry matches several",
                            "write it in the manifest");
        else if (!value.is_string() || value.get_ref<const std::string&>().empty())
            findings_.error(at, dotted(at) + " must be the id of a registration, as text", "");
        else
            result_.extension.adopt = value.get<std::string>();
    }

    std::vector<std::string> paths(const Json& value, const std::string& at) {
        auto list = texts(value, at, "object paths");
        for (const auto& path : list) check_path(path, at);
        return list;
    }

    void check_path(const std::string& path, const std::string& at) {
        const auto segments = segments_of(path);
        const std::string subject = "\"" + path + "\" in " + dotted(at);
        const bool broken =
            std::any_of(segments.begin(), segments.end(), [](const std::string& s) { return s.empty(); });
        const bool index = std::any_of(segments.begin(), segments.end(), [](const std::string& s) {
            return !s.empty() && s.find_first_not_of("0123456789") == std::string::npos;
        });
        const bool identity = segments.size() == 1 && (path == "type" || path == "name" || path == "x-kedge");
        const bool in_list = std::any_of(manifest_shapes().begin(), manifest_shapes().end(), [&](const Shape* shape) {
            return (owner_.type.empty() || owner_.type == shape->name) && enters_list(*shape, segments);
        });
        if (broken)
            findings_.error(at, subject + " is no object path", "write keys with dots between them, as in tags.owner");
        else if (identity)
            findings_.error(at, subject + " is part of the identity", "");
        else if (touches_secret(path))
            findings_.error(at, subject + " holds, or lies in, a secret field", "name a path without secrets");
        else if (index || in_list)
            findings_.error(at, subject + " lies inside a list", "name the list itself");
    }

    // A list of paths, or {extra: [paths]}: both say that extra entries in live stay.
    void keep(const Json& value, const std::string& at) {
        if (!value.is_object()) {
            result_.extension.keep = paths(value, at);
            return;
        }
        for (const auto& [key, member] : value.items()) {
            const auto own = pointer_to(at, key);
            if (key == "extra")
                result_.extension.keep = paths(member, own);
            else
                findings_.error(own, "unknown key \"" + key + "\" in " + dotted(at), "write keep: {extra: [PATH]}");
        }
        if (value.empty()) findings_.error(at, dotted(at) + " is empty", "write keep: {extra: [PATH]}");
    }

    std::vector<std::string> former_names(const Json& value, const std::string& at) {
        if (owner_.many) {
            findings_.error(at, dotted(at) + " names one registration, this entry matches several",
                            "write it in the manifest");
            return {};
        }
        auto names = texts(value, at, "names");
        for (const auto& name : names) {
            const auto slash = name.find('/');
            const bool bad_unit = slash != std::string::npos && !is_unit_name(std::string_view(name).substr(0, slash));
            const bool bad_name = slash != std::string::npos && slash + 1 == name.size();
            if (bad_unit || bad_name)
                findings_.error(at, "\"" + name + "\" in " + dotted(at) + " is neither NAME nor UNIT/NAME", "");
            else if (name == owner_.name)
                findings_.error(at, "\"" + name + "\" in " + dotted(at) + " is the present name",
                                "write the name it had before");
        }
        return names;
    }

    void provider(const std::string& key, const Json& value, const std::string& at) {
        if (!value.is_object())
            findings_.error(at, dotted(at) + " must be a map, not " + kind_of(value), "");
        else
            result_.extension.providers[key] = value;
    }

    const std::string& pointer_;
    const ExtensionOwner& owner_;
    DocumentFindings& findings_;
    ReadExtension result_;
};

void lay_over(Extension& below, const Extension& above, const std::vector<std::string>& keys) {
    if (contains(keys, "units") || !above.units.empty()) below.units = above.units;
    if (contains(keys, "prune") || above.prune_never) below.prune_never = above.prune_never;
    if (!above.adopt.empty()) below.adopt = above.adopt;
    if (contains(keys, "ignore") || !above.ignore.empty()) below.ignore = above.ignore;
    if (contains(keys, "keep") || !above.keep.empty()) below.keep = above.keep;
    if (contains(keys, "formerly") || !above.formerly.empty()) below.formerly = above.formerly;
    for (const auto& [provider, block] : above.providers.items()) {
        for (const auto& [key, value] : block.items()) below.providers[provider][key] = value;
        if (block.empty() && !below.providers.contains(provider)) below.providers[provider] = Json::object();
    }
}

} // namespace

ReadExtension read_extension(const Json& block, const std::string& pointer, const ExtensionOwner& owner,
                             DocumentFindings& findings) {
    return Reader(pointer, owner, findings).read(block);
}

Extension merged_extension(const std::vector<Override>& overrides, const ExtensionOwner& owner, ReadExtension own) {
    Extension result;
    for (const auto& entry : overrides) {
        const bool fits =
            (entry.type.empty() || glob_match(entry.type, owner.type)) && glob_match(entry.name, owner.name);
        if (fits) lay_over(result, entry.extension, entry.keys);
    }
    lay_over(result, own.extension, own.keys);
    return result;
}

} // namespace kedge
