#include "manifest/validate.h"

#include "base/secret.h"
#include "base/spelling.h"
#include "manifest/formats.h"
#include "model/marker.h"
#include "model/secret_fields.h"

#include <algorithm>

namespace kedge {

namespace {

std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const auto& value : values) text += (text.empty() ? "" : ", ") + value;
    return text;
}

std::string wanted(FieldType type) {
    switch (type) {
    case FieldType::text:
        return "text";
    case FieldType::boolean:
        return "true or false";
    case FieldType::list:
        return "a list";
    case FieldType::object:
    case FieldType::map:
        return "a map";
    case FieldType::any:
        break;
    }
    return "any value";
}

bool has_type(FieldType type, const Json& value) {
    switch (type) {
    case FieldType::text:
        return value.is_string();
    case FieldType::boolean:
        return value.is_boolean();
    case FieldType::list:
        return value.is_array();
    case FieldType::object:
    case FieldType::map:
        return value.is_object();
    case FieldType::any:
        return true;
    }
    return true;
}

class Validator {
public:
    explicit Validator(DocumentFindings& findings) : findings_(findings) {}

    void object(const Shape& shape, const Json& value, const std::string& pointer) {
        for (const auto& field : shape.fields) {
            const auto found = value.find(field.key);
            if (found != value.end() && (field.required || !found->is_null())) {
                this->field(field, *found, pointer_to(pointer, field.key));
                continue;
            }
            if (field.required)
                missing(shape, field, value, pointer);
            else if (field.expected) {
                findings_.warning(pointer, "no field \"" + field.key + "\" in " + place_name(shape, pointer),
                                  "write one of " + joined(field.values));
            }
        }
        for (const auto& [key, member] : value.items()) {
            if (find_field(shape, key) == nullptr) unknown(shape, key, pointer);
        }
    }

private:
    static std::string place_name(const Shape& shape, const std::string& pointer) {
        return pointer.empty() ? shape.name : dotted(pointer);
    }

    void missing(const Shape& shape, const Field& field, const Json& value, const std::string& pointer) {
        std::string hint = field.description.starts_with('`') ? "" : field.description;
        for (const auto& [key, member] : value.items()) {
            if (find_field(shape, key) == nullptr && nearest_word(key, {field.key}) == field.key)
                hint = "is \"" + key + "\" meant?";
        }
        findings_.error(pointer, "no field \"" + field.key + "\" in " + place_name(shape, pointer), hint);
    }

    void unknown(const Shape& shape, const std::string& key, const std::string& pointer) {
        const auto own = pointer_to(pointer, key);
        for (const auto& outdated : shape.outdated) {
            if (outdated.key == key) {
                findings_.warning(own, "field \"" + key + "\" is not part of the schema any more", outdated.hint);
                return;
            }
        }
        std::vector<std::string> known;
        for (const auto& field : shape.fields) known.push_back(field.key);
        if (pointer.empty()) known.emplace_back("x-kedge");
        const auto meant = nearest_word(key, known);
        if (!meant.empty())
            findings_.warning(own, "unknown field \"" + key + "\" is passed on as it stands",
                              "is \"" + meant + "\" meant?");
    }

    void wrong_type(FieldType type, const Json& value, const std::string& pointer) {
        std::string hint;
        const bool plain = value.is_number() || value.is_boolean();
        if (type == FieldType::text && plain)
            hint = is_secret_pointer(pointer) ? "put the value in quotes" : "write \"" + value.dump() + "\" in quotes";
        if (type == FieldType::boolean && value.is_string()) hint = "write true or false without quotes";
        if (type == FieldType::list && !value.is_array()) hint = "begin each item with \"- \"";
        if (type == FieldType::map && value.is_array()) hint = "write \"key: value\" lines without \"- \"";
        findings_.error(pointer, dotted(pointer) + " must be " + wanted(type) + ", not " + kind_of(value), hint);
    }

    void field(const Field& field, const Json& value, const std::string& pointer) {
        if (!has_type(field.type, value)) {
            wrong_type(field.type, value, pointer);
            return;
        }
        switch (field.type) {
        case FieldType::text:
            text(field, value.get_ref<const std::string&>(), pointer);
            break;
        case FieldType::object:
            variant(field, value, pointer);
            break;
        case FieldType::list:
            list(field, value, pointer);
            break;
        case FieldType::map:
            map(field, value, pointer);
            break;
        case FieldType::boolean:
        case FieldType::any:
            break;
        }
        if (field.key == "tool_settings" && field.shapes.size() == 1 && field.shapes.front()->name == "tool_setting") {
            findings_.warning(
                pointer, "tool_settings is deprecated: the control plane turns it into tool_policy and tool_metadata",
                "write tool_policy and tool_metadata");
        }
    }

    void variant(const Field& field, const Json& value, const std::string& pointer) {
        const Shape* shape = shape_of(field, value);
        if (shape != nullptr) {
            object(*shape, value, pointer);
            return;
        }
        std::vector<std::string> names;
        for (const auto* candidate : field.shapes) names.push_back(candidate->name);
        const auto type = value.find("type");
        if (type == value.end())
            findings_.error(pointer, "no field \"type\" in " + dotted(pointer), "write one of " + joined(names));
        else if (!type->is_string())
            findings_.error(pointer + "/type", dotted(pointer) + ".type must be text, not " + kind_of(*type),
                            "write one of " + joined(names));
        else
            not_among(names, type->get<std::string>(), pointer + "/type");
    }

    void not_among(const std::vector<std::string>& values, const std::string& value, const std::string& pointer) {
        const auto meant = nearest_word(value, values);
        findings_.error(pointer, "unknown value \"" + scrub(value, 60) + "\" of " + dotted(pointer),
                        meant.empty() ? "write one of " + joined(values) : "is \"" + meant + "\" meant?");
    }

    void list(const Field& field, const Json& value, const std::string& pointer) {
        for (std::size_t i = 0; i < value.size(); ++i) item(field, value[i], pointer + "/" + std::to_string(i));
    }

    void map(const Field& field, const Json& value, const std::string& pointer) {
        for (const auto& [key, member] : value.items()) {
            const auto own = pointer_to(pointer, key);
            item(field, member, own);
            if (field.key == "tags" && key.starts_with(marker_tag)) {
                findings_.warning(own, "tag \"" + key + "\" is kedge's own: it is neither sent nor compared",
                                  "give the tag another name");
            }
            if (field.key == "additional_headers" && !member.is_string()) {
                findings_.warning(own, dotted(own) + " is " + kind_of(member) + ", headers are text",
                                  "put the value in quotes");
            }
        }
    }

    void item(const Field& field, const Json& value, const std::string& pointer) {
        if (!has_type(field.items, value)) {
            wrong_type(field.items, value, pointer);
        } else if (field.items == FieldType::object) {
            variant(field, value, pointer);
        } else if (field.items == FieldType::text && !field.values.empty()) {
            enumeration(field, value.get_ref<const std::string&>(), pointer);
        }
    }

    void enumeration(const Field& field, const std::string& value, const std::string& pointer) {
        if (std::find(field.values.begin(), field.values.end(), value) != field.values.end()) return;
        if (!field.open_values) {
            not_among(field.values, value, pointer);
        } else {
            findings_.warning(pointer, "unusual value \"" + scrub(value, 60) + "\" of " + dotted(pointer),
                              "known are " + joined(field.values));
        }
    }

    void text(const Field& field, const std::string& value, const std::string& pointer) {
        if (field.required && value.empty() && field.format != "line") {
            findings_.error(pointer, dotted(pointer) + " is empty", "");
            return;
        }
        if (!field.values.empty()) enumeration(field, value, pointer);
        const FormatProblem problem = check_format(field.format, value);
        if (problem.message.empty()) return;
        const std::string message = dotted(pointer) + " " + problem.message;
        if (problem.is_error)
            findings_.error(pointer, message, problem.hint);
        else
            findings_.warning(pointer, message, problem.hint);
    }

    DocumentFindings& findings_;
};

void find_reserved(const Json& value, const std::string& pointer, DocumentFindings& findings) {
    if (!value.is_structured()) return;
    std::size_t index = 0;
    for (auto it = value.begin(); it != value.end(); ++it, ++index) {
        if (!it->is_structured() && !(value.is_object() && it.key() == "$kedge")) continue;
        const auto own = value.is_object() ? pointer_to(pointer, it.key()) : pointer + "/" + std::to_string(index);
        if (value.is_object() && it.key() == "$kedge")
            findings.error(own, "the key \"$kedge\" is reserved", "give the key another name");
        find_reserved(*it, own, findings);
    }
}

} // namespace

std::string kind_of(const Json& value) {
    if (value.is_null()) return "empty";
    if (value.is_string()) return "text";
    if (value.is_boolean()) return "true or false";
    if (value.is_number()) return "a number";
    return value.is_array() ? "a list" : "a map";
}

void validate_manifest(const Shape& shape, const Json& value, DocumentFindings& findings) {
    Validator(findings).object(shape, value, "");
}

void refuse_reserved_keys(const Json& value, DocumentFindings& findings) {
    find_reserved(value, "", findings);
}

} // namespace kedge
