#include "manifest/secret_text.h"

#include "model/secret_fields.h"

#include <algorithm>
#include <array>

namespace kedge {

namespace {

bool is_env_name(std::string_view name) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    constexpr std::string_view all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return !name.empty() && letters.find(name.front()) != std::string_view::npos &&
           name.find_first_not_of(all) == std::string_view::npos;
}

bool climbs(std::string_view path) {
    const std::string slashed = "/" + std::string(path) + "/";
    return slashed.find("/../") != std::string::npos;
}

// SECRET/KEY, of the letters that Kubernetes allows.
bool is_secret_key(std::string_view name) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
    const auto slash = name.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == name.size()) return false;
    return name.substr(0, slash).find_first_not_of(letters) == std::string_view::npos &&
           name.substr(slash + 1).find_first_not_of(letters) == std::string_view::npos;
}

std::string secret_field_list() {
    std::string text;
    for (const auto& pattern : secret_field_patterns()) text += (text.empty() ? "" : ", ") + pattern;
    return text;
}

class References {
public:
    References(const SecretRule& allowed, DocumentFindings& findings) : allowed_(allowed), findings_(findings) {}

    // A value at or below a secret pointer.
    void secret(Json& value, const std::string& pointer) {
        if (value.is_object()) {
            for (auto& [key, member] : value.items()) secret(member, pointer_to(pointer, key));
        } else if (value.is_array()) {
            for (std::size_t i = 0; i < value.size(); ++i) secret(value[i], pointer + "/" + std::to_string(i));
        } else if (value.is_string()) {
            auto& text = value.get_ref<std::string&>();
            if (text.find("${") != std::string::npos)
                value = expand(text, pointer);
            else
                clear_text(text, pointer);
        }
    }

    // Any other value: a reference there would be sent as it stands.
    void plain(const Json& value, const std::string& pointer) {
        if (value.is_structured()) {
            std::size_t index = 0;
            for (auto it = value.begin(); it != value.end(); ++it, ++index) {
                if (it->is_primitive() && !it->is_string()) continue;
                if (it->is_string() && it->get_ref<const std::string&>().find("${") == std::string::npos) continue;
                plain(*it, value.is_object() ? pointer_to(pointer, it.key()) : pointer + "/" + std::to_string(index));
            }
            return;
        }
        if (!value.is_string() || is_secret_pointer(pointer)) return;
        const auto& text = value.get_ref<const std::string&>();
        for (const char* scheme : {"${env:", "${file:", "${k8s:"}) {
            const auto at = text.find(scheme);
            if (at == std::string::npos || (at > 0 && text[at - 1] == '$')) continue;
            findings_.error(pointer, "a secret reference in " + dotted(pointer) + ", which is no secret field",
                            "secret fields are " + secret_field_list());
            return;
        }
    }

    std::vector<SecretReference> take() { return std::move(references_); }

private:
    void wrong(const std::string& pointer, const std::string& message, const std::string& hint) {
        findings_.error(pointer, message + " in " + dotted(pointer), hint);
    }

    std::string expand(const std::string& text, const std::string& pointer) {
        std::string result;
        bool escaped = false;
        const std::size_t before = references_.size();
        for (std::size_t i = 0; i < text.size();) {
            if (text.compare(i, 3, "$${") == 0) {
                escaped = true;
                result += "${";
                i += 3;
                continue;
            }
            if (text.compare(i, 2, "${") != 0) {
                result += text[i++];
                continue;
            }
            const auto end = text.find('}', i);
            if (end == std::string::npos) {
                wrong(pointer, "\"${\" without \"}\"", "write ${env:NAME}; a literal ${ is written $${");
                return text;
            }
            reference(text.substr(i + 2, end - i - 2), pointer);
            result += text.substr(i, end + 1 - i);
            i = end + 1;
        }
        if (escaped && references_.size() > before)
            wrong(pointer, "both a reference and $${", "put the whole value into the secret");
        return result;
    }

    void reference(const std::string& inside, const std::string& pointer) {
        const auto colon = inside.find(':');
        if (colon == std::string::npos) {
            wrong(pointer, "a reference without a scheme",
                  "write ${env:NAME}, ${file:PATH} or ${k8s:SECRET/KEY}; a literal ${ is written $${");
            return;
        }
        SecretReference found{pointer, inside.substr(0, colon), inside.substr(colon + 1)};
        if (found.scheme != "env" && found.scheme != "file" && found.scheme != "k8s") {
            const bool word = found.scheme.size() <= 20 && is_env_name(found.scheme);
            wrong(pointer, "unknown scheme" + (word ? " \"" + found.scheme + "\"" : std::string()),
                  "write ${env:NAME}, ${file:PATH} or ${k8s:SECRET/KEY}; a literal ${ is written $${");
        } else if (found.scheme == "env" && !is_env_name(found.name)) {
            wrong(pointer, "a reference to no environment variable", "write letters, digits and _ after ${env:");
        } else if (found.scheme == "file" && (found.name.empty() || climbs(found.name))) {
            wrong(pointer, "a reference to no file", "write a path without .. after ${file:");
        } else if (found.scheme == "k8s" && !is_secret_key(found.name)) {
            wrong(pointer, "a reference to no key of a Secret", "write ${k8s:SECRET/KEY}");
        } else if (!allowed_ || !allowed_(found.scheme, found.name)) {
            wrong(pointer, "${" + found.scheme + ":" + found.name + "} is not on this unit's list of secrets",
                  "add it to the unit's \"secrets\" setting, or write a tfy-secret:// reference");
        } else {
            references_.push_back(std::move(found));
        }
    }

    void clear_text(std::string_view text, const std::string& pointer) {
        if (text.find("tfy-secret://") != std::string_view::npos || text.find("{{") != std::string_view::npos) return;
        std::string key = pointer.substr(pointer.rfind('/') + 1);
        for (char& c : key) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        constexpr std::array words{"authorization", "token", "secret", "key", "passw", "cookie", "credential"};
        if (std::none_of(words.begin(), words.end(),
                         [&](const char* word) { return key.find(word) != std::string::npos; }))
            return;
        const auto space = text.rfind(' ');
        const auto credential = space == std::string_view::npos ? text : text.substr(space + 1);
        if (credential.size() < 12) return;
        findings_.warning(pointer, dotted(pointer) + " looks like a secret in clear text",
                          "write a tfy-secret:// or ${env:NAME} reference instead");
    }

    const SecretRule& allowed_;
    DocumentFindings& findings_;
    std::vector<SecretReference> references_;
};

} // namespace

std::vector<SecretReference> read_references(Json& value, const SecretRule& allowed, DocumentFindings& findings) {
    References references(allowed, findings);
    for_each_secret(value, [&](const std::string& pointer, Json& secret) { references.secret(secret, pointer); });
    references.plain(value, "");
    return references.take();
}

} // namespace kedge
