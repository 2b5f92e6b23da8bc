#include "provider/sealer.h"

#include "base/digest.h"
#include "model/secret_fields.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <stdexcept>

namespace kedge {

namespace {

constexpr const char* mask_text = "***"; // what dialects take for a masked value
constexpr int deepest_document = 4;      // {"data": [{"manifest": ...}]}
// What is shorter is no secret worth the name, and would tear other words apart.
constexpr std::size_t shortest_hidden = 6;
constexpr std::size_t shortest_word = 8; // of a value of several words: "Bearer" stays

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    if (from.empty()) return;
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
}

Secret escaped_in_json(const Secret& value, const SecretReference& reference) {
    try {
        const auto quoted = Json(value.reveal()).dump();
        return Secret(quoted.substr(1, quoted.size() - 2));
    } catch (const Json::exception&) {
        throw std::invalid_argument("the value of ${" + reference.scheme + ":" + reference.name +
                                    "} is no valid UTF-8");
    }
}

// Others keep the secret: the control plane, or each person.
bool is_elsewhere(std::string_view text) {
    return text.find("tfy-secret://") != std::string_view::npos || text.find("{{") != std::string_view::npos;
}

std::string* text_at(Json& document, const std::string& pointer) {
    try {
        const Json::json_pointer at(pointer);
        if (!document.contains(at) || !document[at].is_string()) return nullptr;
        return &document[at].get_ref<std::string&>();
    } catch (const Json::exception&) {
        return nullptr;
    }
}

// Applies the visitor at the secret fields of every object that may be a manifest, wherever in the envelope it lies.
void visit_secrets(Json& value, int level, const std::function<void(const std::string&, Json&)>& visit) {
    if (level > deepest_document || !value.is_structured()) return;
    if (value.is_object()) for_each_secret(value, visit);
    for (auto& item : value) visit_secrets(item, level + 1, visit);
}

// Secret values may be structured where a control plane is strange.
void mask_strings(Json& value, const std::function<void(std::string&)>& mask, int level = 0) {
    if (value.is_string()) mask(value.get_ref<std::string&>());
    if (!value.is_structured() || level > 64) return;
    for (auto& item : value) mask_strings(item, mask, level + 1);
}

// What control planes say in words, beside the fields of a document.
bool holds_words(std::string key) {
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
    return key.find("message") != std::string::npos || key.find("error") != std::string::npos ||
           key.find("detail") != std::string::npos;
}

void visit_words(Json& value, const std::function<void(Json&)>& visit, int level = 0) {
    if (!value.is_structured() || level > 64) return;
    if (!value.is_object()) {
        for (auto& item : value) visit_words(item, visit, level + 1);
        return;
    }
    for (auto& [key, member] : value.items()) {
        if (holds_words(key))
            visit(member);
        else
            visit_words(member, visit, level + 1);
    }
}

// A refusal that came with a status of success.
bool says_failure(const Json& body) {
    if (!body.is_object()) return false;
    const auto is = [&](const char* key, const Json& value) { return body.contains(key) && body[key] == value; };
    return is("success", false) || is("status", "error");
}

} // namespace

void Sealer::seal(Operation& operation, const std::vector<SecretReference>& references, const SecretStore& secrets) {
    const bool resolve = operation.kind == OperationKind::create || operation.kind == OperationKind::update;
    if (!resolve && operation.kind != OperationKind::rehearse) return;
    std::vector<SecretReference> seen;
    for (const auto& reference : references) {
        const auto written = "${" + reference.scheme + ":" + reference.name + "}";
        auto* text = text_at(operation.document, reference.pointer);
        const bool again = std::find(seen.begin(), seen.end(), reference) != seen.end();
        if (!again && (!text || text->find(written) == std::string::npos)) {
            throw std::invalid_argument("there is no " + written + " at " + reference.pointer);
        }
        if (again) continue;
        seen.push_back(reference);
        if (std::find(operation.sealed.begin(), operation.sealed.end(), reference.pointer) == operation.sealed.end()) {
            operation.sealed.push_back(reference.pointer);
        }
        Entry entry;
        entry.token = resolve ? "kedge-secret-" + random_hex(16) : placeholder;
        entry.value = resolve ? secrets.value(reference.scheme, reference.name) : Secret(placeholder);
        entry.escaped = escaped_in_json(entry.value, reference);
        replace_all(*text, written, entry.token);
        entries_.push_back(std::move(entry));
    }
}

void Sealer::hide(const Secret& value) {
    if (value.reveal().size() < shortest_hidden) return;
    Entry entry;
    entry.value = value;
    const auto quoted = Json(value.reveal()).dump(-1, ' ', false, Json::error_handler_t::replace);
    entry.escaped = Secret(quoted.substr(1, quoted.size() - 2));
    const auto longer = [](const Entry& a, const Entry& b) {
        return a.value.reveal().size() > b.value.reveal().size();
    };
    hidden_.insert(std::upper_bound(hidden_.begin(), hidden_.end(), entry, longer), std::move(entry));
}

bool Sealer::is_own(std::string_view text) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& entry) { return text.find(entry.token) != std::string_view::npos; });
}

// The whole value, and its long words: what is echoed may be "ghp_..." of "Bearer ghp_...".
void Sealer::hide_words(const std::string& text) {
    const auto hide_one = [&](std::string word) {
        if (!is_own(word) && !is_elsewhere(word)) hide(Secret(std::move(word)));
    };
    hide_one(text);
    constexpr const char* blanks = " \t\r\n";
    for (std::size_t at = 0; (at = text.find_first_not_of(blanks, at)) != std::string::npos;) {
        const auto end = std::min(text.find_first_of(blanks, at), text.size());
        if (end - at >= shortest_word && end - at < text.size()) hide_one(text.substr(at, end - at));
        at = end;
    }
}

void Sealer::hide_literals(Json document) {
    visit_secrets(document, 0, [&](const std::string&, Json& value) {
        mask_strings(value, [&](std::string& text) { hide_words(text); });
    });
}

HttpRequest Sealer::unseal(HttpRequest request) const {
    for (const auto& entry : entries_) {
        if (entry.token != placeholder) replace_all(request.body, entry.token, entry.escaped.reveal());
    }
    return request;
}

void Sealer::mask(HttpResponse& response) const {
    if (entries_.empty() && (hidden_.empty() || (response.status < 300 && !may_echo(response.body)))) return;
    const auto mask_part = [&](std::string& text) { mask(text); };
    try {
        auto body = parse_json(response.body);
        const bool is_document = response.status < 300 && !says_failure(body);
        if (is_document) {
            const auto mask_whole = [&](std::string& text) {
                if (holds_value(text)) text = mask_text;
            };
            visit_secrets(body, 0, [&](const std::string&, Json& value) { mask_strings(value, mask_whole); });
            visit_words(body, [&](Json& value) { mask_strings(value, mask_part); });
        } else {
            mask_strings(body, mask_part); // however they escape it
        }
        response.body = body.dump();
        if (is_document) return;
    } catch (const std::invalid_argument&) {
        // Nothing that anybody could read a document from: masked as text.
    }
    mask(response.body);
}

// Most answers to a look hold nothing of it, and need not be read twice. A backslash may hide anything.
bool Sealer::may_echo(const std::string& body) const {
    return body.find('\\') != std::string::npos || std::any_of(hidden_.begin(), hidden_.end(), [&](const Entry& entry) {
               return body.find(entry.value.reveal()) != std::string::npos;
           });
}

bool Sealer::holds_value(const std::string& text) const {
    return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return !entry.value.empty() && text.find(entry.value.reveal()) != std::string::npos;
    });
}

void Sealer::mask(Answer& answer) const {
    const auto mask_condition = [&](Condition& condition) {
        mask(condition.text);
        mask(condition.url);
    };
    if (auto* done = std::get_if<Done>(&answer)) {
        if (done->document) mask_condition(done->document->condition);
    } else if (auto* held = std::get_if<Held>(&answer)) {
        mask(held->text);
    } else if (auto* blocked = std::get_if<Blocked>(&answer)) {
        mask_condition(blocked->condition);
        if (blocked->document) mask_condition(blocked->document->condition);
    } else if (auto* refused = std::get_if<Refused>(&answer)) {
        for (auto* text : {&refused->text, &refused->theirs, &refused->hint}) mask(*text);
    } else if (auto* unsure = std::get_if<Unsure>(&answer)) {
        mask(unsure->text);
    }
}

void Sealer::mask(std::string& text) const {
    for (const auto& entry : entries_) {
        if (entry.token == placeholder) continue;
        replace_all(text, entry.escaped.reveal(), mask_text);
        replace_all(text, entry.value.reveal(), mask_text);
    }
    for (const auto& entry : hidden_) {
        replace_all(text, entry.escaped.reveal(), mask_text);
        replace_all(text, entry.value.reveal(), mask_text);
    }
}

} // namespace kedge
