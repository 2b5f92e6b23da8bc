// Looking things up in the field table.
#include "manifest/schema_table.h"

#include <charconv>

namespace kedge {

std::string_view to_text(FieldType type) {
    switch (type) {
    case FieldType::text:
        return "string";
    case FieldType::boolean:
        return "boolean";
    case FieldType::object:
    case FieldType::map:
        return "object";
    case FieldType::list:
        return "array";
    case FieldType::any:
        return "";
    }
    return "";
}

const Field* find_field(const Shape& shape, std::string_view key) {
    for (const auto& field : shape.fields) {
        if (field.key == key) return &field;
    }
    return nullptr;
}

const Shape* shape_of(const Field& field, const Json& value) {
    if (field.shapes.size() == 1) return field.shapes.front();
    if (!value.is_object()) return nullptr;
    const auto type = value.find("type");
    if (type == value.end() || !type->is_string()) return nullptr;
    for (const auto* shape : field.shapes) {
        if (shape->name == type->get_ref<const std::string&>()) return shape;
    }
    return nullptr;
}

std::vector<std::string> pointer_segments(std::string_view pointer) {
    std::vector<std::string> segments;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const auto raw = pointer.substr(0, pointer.find('/'));
        pointer.remove_prefix(raw.size());
        std::string& segment = segments.emplace_back();
        for (std::size_t i = 0; i < raw.size(); ++i) {
            if (raw[i] == '~' && i + 1 < raw.size())
                segment += raw[++i] == '1' ? '/' : '~';
            else
                segment += raw[i];
        }
    }
    return segments;
}

namespace {

const Json* child_of(const Json* value, const std::string& segment) {
    if (value == nullptr) return nullptr;
    if (value->is_object()) {
        const auto found = value->find(segment);
        return found == value->end() ? nullptr : &*found;
    }
    if (!value->is_array()) return nullptr;
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), index);
    return error == std::errc{} && end == segment.data() + segment.size() && index < value->size() ? &(*value)[index]
                                                                                                   : nullptr;
}

} // namespace

std::optional<Expected> expected_at(const Shape& shape, const Json& document, std::string_view pointer) {
    const Shape* inside = &shape; // the object we stand in; null: `field`'s items
    const Json* value = &document;
    Expected expected;
    for (const auto& segment : pointer_segments(pointer)) {
        value = child_of(value, segment);
        if (inside != nullptr) {
            expected.field = find_field(*inside, segment);
            if (expected.field == nullptr) return std::nullopt;
            expected.type = expected.field->type;
        } else if (expected.type == FieldType::list || expected.type == FieldType::map) {
            expected.type = expected.field->items;
        } else {
            return std::nullopt;
        }
        inside = expected.type == FieldType::object ? shape_of(*expected.field, value == nullptr ? Json() : *value)
                                                    : nullptr;
        if (expected.type == FieldType::object && inside == nullptr) return std::nullopt;
    }
    if (expected.type == FieldType::any) return std::nullopt;
    return expected;
}

} // namespace kedge
