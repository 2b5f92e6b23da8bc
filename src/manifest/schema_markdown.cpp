// The field table as Markdown, for docs/manifests.md.
#include "manifest/schema_table.h"

namespace kedge {

namespace {

std::string type_of(const Field& field) {
    switch (field.type) {
    case FieldType::text:
        return field.format == "url" ? "URL" : "text";
    case FieldType::boolean:
        return "true, false";
    case FieldType::list:
        return field.items == FieldType::text ? "list of text" : "list";
    case FieldType::map:
        return field.items == FieldType::text ? "map of text" : "map";
    case FieldType::object:
        return "map";
    case FieldType::any:
        return "any";
    }
    return "";
}

std::string values_of(const Field& field) {
    if (field.key == "type") return "";
    std::string text;
    for (const auto& value : field.values) text += (text.empty() ? "" : ", ") + ("`" + value + "`");
    return text.empty() ? "" : (field.open_values ? "; usual: " : "; one of ") + text;
}

void add_rows(std::string& table, const Shape& shape, const std::string& prefix) {
    for (const auto& field : shape.fields) {
        std::string must = field.required ? "yes" : field.expected ? "advised" : "";
        std::string about = field.description + values_of(field);
        if (!field.fallback.is_null())
            about += "; default `" +
                     (field.fallback.is_string() ? field.fallback.get<std::string>() : field.fallback.dump()) + "`";
        if (field.secret) about += "; **secret**";
        table += "| `" + prefix + field.key + "` | " + type_of(field) + " | " + must + " | " + about + " |\n";
        const std::string below = prefix + field.key + (field.type == FieldType::list ? "[]." : ".");
        const bool one = field.shapes.size() == 1;
        for (const auto* inner : field.shapes) {
            if (!one)
                table += "| `" + prefix + field.key + "`, type `" + inner->name + "` | | | " + inner->about + " |\n";
            add_rows(table, *inner, below);
        }
    }
}

} // namespace

std::string field_table_markdown(const Shape& shape) {
    std::string table = "| field | type | required | meaning |\n|---|---|---|---|\n";
    add_rows(table, shape, "");
    return table;
}

} // namespace kedge
