#include "model/secret_fields.h"
#include "plan/compare.h"
#include "plan/field_paths.h"
#include "plan/keyed_list.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::string_view reserved = "kedge";

bool is_reserved(std::string_view tag) {
    return tag.substr(0, reserved.size()) == reserved;
}

// Keeps of `live` what `desired` has as well: keys of a map, keyed items by key, other items by value.
void drop_extras(const std::string& field, Json& live, const Json* desired) {
    const Json none;
    const Json& wanted = desired == nullptr ? none : *desired;
    if (live.is_object()) {
        for (auto at = live.begin(); at != live.end();) {
            at = wanted.is_object() && wanted.contains(at.key()) ? std::next(at) : live.erase(at);
        }
        return;
    }
    if (!live.is_array()) return;
    const auto live_keys = item_keys(field, live);
    const auto wanted_keys = item_keys(field, wanted);
    Json kept = Json::array();
    for (std::size_t i = 0; i < live.size(); ++i) {
        const bool known =
            live_keys && wanted_keys
                ? std::find(wanted_keys->begin(), wanted_keys->end(), (*live_keys)[i]) != wanted_keys->end()
                : wanted.is_array() && std::find(wanted.begin(), wanted.end(), live[i]) != wanted.end();
        if (known) kept.push_back(live[i]);
    }
    live = std::move(kept);
}

std::string sized(std::string_view text) {
    return std::to_string(text.size()) + ":" + std::string(text) + "\n";
}

std::string digest_or_absent(const Digest& digest) {
    return digest.empty() ? "absent" : digest.hex();
}

} // namespace

Json without_reserved_tags(Json document) {
    if (!document.is_object()) return document;
    const auto tags = document.find("tags");
    if (tags == document.end() || !tags->is_structured()) return document;
    for (auto tag = tags->begin(); tag != tags->end();) {
        const bool named = tags->is_object() ? is_reserved(tag.key())
                                             : tag->is_string() && is_reserved(tag->get_ref<const std::string&>());
        tag = named ? tags->erase(tag) : std::next(tag);
    }
    if (tags->empty()) document.erase(tags);
    return document;
}

Json comparable(Json document, const CompareRules& rules, std::string_view secret_key) {
    for (const auto& path : rules.ignore) erase_path(document, path);
    document = without_reserved_tags(std::move(document));
    for_each_secret(document, [&](const std::string&, Json& value) {
        if (is_masked(value) || is_unreadable(value))
            value = masked_value();
        else
            value = Json{{"$hmac", hmac_sha256(secret_key, canonical_json(value)).hex()}};
    });
    return document;
}

Digest document_digest(const Json& comparable_document) {
    return sha256("k1:" + canonical_json(comparable_document));
}

Digest hidden_digest(const Json& canonical_document, const CompareRules& rules, std::string_view secret_key) {
    if (rules.hidden.empty()) return {};
    Json part = Json::object();
    for (auto path : rules.hidden) {
        std::replace(path.begin(), path.end(), '.', '/');
        const Json::json_pointer at("/" + path);
        if (canonical_document.contains(at)) part[at] = canonical_document[at];
    }
    return document_digest(comparable(std::move(part), rules, secret_key));
}

Digest nameless_digest(const CompareRules& rules, Json canonical_document) {
    if (canonical_document.is_object()) canonical_document.erase("name");
    for (const auto* paths : {&rules.ignore_unless_set, &rules.hidden})
        for (const auto& path : *paths) erase_path(canonical_document, path);
    for_each_secret(canonical_document, [](const std::string&, Json& value) { value = masked_value(); });
    return document_digest(comparable(std::move(canonical_document), rules, {}));
}

Json without_kept_extras(Json live, const Json& desired, const CompareRules& rules) {
    for (const auto& path : rules.keep) {
        bool emptied = false;
        visit_pairs(live, &desired, path, [&](Json& value, const Json* wanted) {
            drop_extras(path, value, wanted);
            emptied = emptied || (wanted == nullptr && value.is_structured() && value.empty());
        });
        if (emptied && !has_path(desired, path)) erase_path(live, path);
    }
    return live;
}

Json without_server_filled(Json live, const Json& desired, const CompareRules& rules) {
    for (const auto& path : rules.ignore_unless_set) {
        if (!has_path(desired, path)) erase_path(live, path);
    }
    return live;
}

Digest change_digest(const std::string& target_key, Action action, const std::string& name, const Digest& desired,
                     const Digest& live, const std::string& fingerprint) {
    std::string text = "change:1\n" + sized(target_key) + sized(to_text(action)) + sized(name);
    text += digest_or_absent(desired) + "\n" + digest_or_absent(live) + "\n";
    if (action == Action::rotate) text += sized(fingerprint);
    return sha256(text);
}

Digest verdict_key(const Digest& desired, const Digest& live, const Digest& own_rules, const std::string& dialect,
                   int dialect_version) {
    std::string text = "verdict:1\n";
    text.reserve(160 + dialect.size());
    for (const auto* digest : {&desired, &live, &own_rules}) {
        text.append(reinterpret_cast<const char*>(digest->bytes.data()), digest->bytes.size());
    }
    text += dialect;
    text += '\n';
    text += std::to_string(dialect_version);
    return sha256(text);
}

} // namespace kedge
