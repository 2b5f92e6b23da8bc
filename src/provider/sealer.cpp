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

HttpRequest Sealer::unseal(HttpRequest request) const {
    for (const auto& entry : entries_) {
        if (entry.token != placeholder) replace_all(request.body, entry.token, entry.escaped.reveal());
    }
    return request;
}

void Sealer::mask(HttpResponse& response) const {
    if (entries_.empty()) return;
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
}

} // namespace kedge
