#include "manifest/ambiguous.h"

#include "model/secret_fields.h"

namespace kedge {

namespace {

std::string quotes(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

std::string vendor_reading(const AmbiguousScalar& scalar) {
    if (scalar.yaml11.is_null()) return "fails on it";
    if (scalar.yaml11.is_string()) return "reads it as text";
    return "reads it as " + scalar.yaml11.dump();
}

void refuse(const AmbiguousScalar& scalar, bool secret, DocumentFindings& findings) {
    if (secret && !scalar.is_key) {
        findings.error(scalar.pointer, dotted(scalar.pointer) + " has a value that YAML 1.1 and 1.2 read differently",
                       "put the value in quotes");
        return;
    }
    std::string hint = "write " + quotes(scalar.text);
    if (scalar.yaml11.is_boolean())
        hint += ", or " + scalar.yaml11.dump();
    else if (scalar.yaml11.is_number())
        hint += ", or " + scalar.yaml11.dump() + " for the number";
    if (scalar.is_key) {
        hint = "write " + quotes(scalar.text);
        const std::string sent =
            scalar.yaml11.is_string() ? "sends it as " + quotes(scalar.yaml11.get<std::string>()) : "fails on it";
        findings.add(Severity::error, scalar.place, "ambiguous key " + quotes(scalar.text) + ": tfy " + sent, hint);
        return;
    }
    findings.add(Severity::error, scalar.place,
                 "ambiguous value " + quotes(scalar.text) + " of " + dotted(scalar.pointer) + ": tfy " +
                     vendor_reading(scalar),
                 hint);
}

bool fits(FieldType type, const Json& value) {
    return (type == FieldType::text && value.is_string()) || (type == FieldType::boolean && value.is_boolean());
}

} // namespace

void resolve_ambiguous(const Shape* shape, const YamlDocument& document, Json& value, DocumentFindings& findings) {
    for (const auto& scalar : document.ambiguous) {
        const bool secret = is_secret_pointer(scalar.pointer);
        const Json::json_pointer at(scalar.pointer);
        if (!value.contains(at)) continue; // it went with something that was refused
        const auto expected = shape == nullptr ? std::nullopt : expected_at(*shape, value, scalar.pointer);
        if (scalar.is_key || !expected || !fits(expected->type, scalar.yaml11)) {
            refuse(scalar, secret, findings);
            continue;
        }
        value[at] = scalar.yaml11;
        const std::string hint = scalar.yaml11.is_boolean() ? "write " + scalar.yaml11.dump() : "put it in quotes";
        const std::string shown = secret ? "the value" : quotes(scalar.text);
        const std::string taken = scalar.yaml11.is_boolean() ? scalar.yaml11.dump() : "text";
        findings.add(Severity::warning, scalar.place,
                     shown + " of " + dotted(scalar.pointer) + " is taken as " + taken + ", as tfy reads it", hint);
    }
}

} // namespace kedge
