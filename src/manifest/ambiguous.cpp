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

// What to write instead; `type` is what the field table expects.
std::string way_out(const AmbiguousScalar& scalar, FieldType type) {
    if (type == FieldType::boolean && !scalar.is_key) return "write true or false";
    std::string hint = "write " + quotes(scalar.text);
    if (type == FieldType::text || scalar.is_key) return hint;
    if (scalar.yaml11.is_boolean()) hint += ", or " + scalar.yaml11.dump();
    if (scalar.yaml11.is_number()) hint += ", or " + scalar.yaml11.dump() + " for the number";
    return hint;
}

void refuse(const AmbiguousScalar& scalar, FieldType type, DocumentFindings& findings) {
    const bool secret = is_secret_pointer(scalar.pointer);
    const std::string hint = way_out(scalar, type);
    if (secret && !scalar.is_key) {
        findings.error(scalar.pointer, dotted(scalar.pointer) + " has a value that YAML 1.1 and 1.2 read differently",
                       "put the value in quotes");
        return;
    }
    if (scalar.is_key) {
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
            refuse(scalar, expected ? expected->type : FieldType::any, findings);
            // One complaint is enough: what is checked later sees a value of the right type.
            if (!scalar.is_key && expected && expected->type == FieldType::text) value[at] = scalar.text;
            if (!scalar.is_key && expected && expected->type == FieldType::boolean) value[at] = false;
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
