// The field table of the five manifest types, as data: what validation, the JSON Schema and the documentation are made
// from.
#pragma once
#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

enum class FieldType { text, boolean, object, list, map, any };
std::string_view to_text(FieldType type); // as JSON Schema names it: "string", "object" for a map, "" for any

struct Shape;

struct Field {
    std::string key;
    FieldType type = FieldType::text;
    std::string description;
    bool required = false;
    bool expected = false;            // not required, but its absence is worth a warning
    bool secret = false;              // of a map: its values are
    std::vector<std::string> values;  // the only ones
    bool open_values = false;         // others are a warning: the vendor's list has grown before
    std::string format;               // "url", "name", "line"
    Json fallback;                    // documented default; null: none
    FieldType items = FieldType::any; // of a list or map
    std::vector<const Shape*> shapes; // of an object, or of the items: one, or one for each value of its `type`
};

struct Outdated {
    std::string key;
    std::string hint;
};

struct Shape {
    std::string name;  // "mcp-server/remote", "collaborator"
    std::string about; // one line
    std::vector<Field> fields;
    std::vector<Outdated> outdated; // keys that once were, or that wrong examples show
};

const std::vector<const Shape*>& manifest_shapes();
const Shape* manifest_shape(std::string_view type); // null: no such type
const Field* find_field(const Shape& shape, std::string_view key);
// The shape of `value` among `field.shapes`, told by its `type` where there are several; null: not to be told.
const Shape* shape_of(const Field& field, const Json& value);

// What the table says of the value at `pointer`: nothing where the table does not reach.
struct Expected {
    FieldType type = FieldType::any;
    const Field* field = nullptr;
};
std::optional<Expected> expected_at(const Shape& shape, const Json& document, std::string_view pointer);

// JSON pointer -> unescaped segments.
std::vector<std::string> pointer_segments(std::string_view pointer);

// The tables of docs/manifests.md for one type.
std::string field_table_markdown(const Shape& shape);

} // namespace kedge
