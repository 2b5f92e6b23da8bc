// Does a value fit a JSON Schema? Only the keywords that ours use; another one is a failure, so that none goes
// unheeded. Formats are left to the independent validators of script/test-real.
#pragma once
#include "base/json.h"

#include <regex>
#include <string>
#include <vector>

namespace kedge {

class SchemaChecker {
public:
    explicit SchemaChecker(const Json& schema) : root_(schema) {}

    // What does not fit, each with its place; empty: the value fits.
    std::vector<std::string> problems(const Json& value) {
        problems_.clear();
        check(root_, value, "");
        return problems_;
    }

private:
    bool fits(const Json& schema, const Json& value) const {
        SchemaChecker inner(root_);
        inner.check(schema, value, "");
        return inner.problems_.empty();
    }

    void say(const std::string& at, const std::string& what) { problems_.push_back(at + ": " + what); }
    void require(bool right, const std::string& at, const std::string& what) {
        if (!right) say(at, what);
    }

    static bool has_type(const std::string& type, const Json& value) {
        if (type == "object") return value.is_object();
        if (type == "array") return value.is_array();
        if (type == "string") return value.is_string();
        if (type == "boolean") return value.is_boolean();
        if (type == "null") return value.is_null();
        return type == "integer" && value.is_number_integer();
    }

    static bool among(const Json& list, const Json& value) {
        return std::find(list.begin(), list.end(), value) != list.end();
    }

    void check(const Json& schema, const Json& value, const std::string& at) {
        if (schema.is_boolean()) {
            require(schema.get<bool>(), at, "is not allowed");
            return;
        }
        for (const auto& [keyword, said] : schema.items()) {
            const bool known = whole(keyword, said, value, at) || of_text(keyword, said, value, at) ||
                               of_list(keyword, said, value, at) || of_object(keyword, said, schema, value, at);
            require(known, at, "the checker does not know \"" + keyword + "\"");
        }
    }

    bool whole(const std::string& keyword, const Json& said, const Json& value, const std::string& at) {
        static const std::vector<std::string> words{"$schema", "$defs",     "title",      "description",
                                                    "default", "examples",  "deprecated", "then",
                                                    "else",    "writeOnly", "format"};
        const auto fitting = [&] {
            return std::count_if(said.begin(), said.end(), [&](const Json& one) { return fits(one, value); });
        };
        if (keyword == "$ref")
            check(root_.at(Json::json_pointer(said.get<std::string>().substr(1))), value, at);
        else if (keyword == "type" && said.is_array())
            require(std::any_of(said.begin(), said.end(), [&](const Json& one) { return has_type(one, value); }), at,
                    "is none of " + said.dump());
        else if (keyword == "type")
            require(has_type(said, value), at, "is no " + said.dump());
        else if (keyword == "const")
            require(value == said, at, "is not " + said.dump());
        else if (keyword == "enum")
            require(among(said, value), at, "is none of " + said.dump());
        else if (keyword == "allOf")
            std::for_each(said.begin(), said.end(), [&](const Json& one) { check(one, value, at); });
        else if (keyword == "oneOf")
            require(fitting() == 1, at, "fits " + std::to_string(fitting()) + " of oneOf");
        else if (keyword == "anyOf")
            require(fitting() > 0, at, "fits none of anyOf");
        else if (keyword == "not")
            require(!fits(said, value), at, "fits what it may not");
        else
            return among(words, keyword);
        return true;
    }

    bool of_text(const std::string& keyword, const Json& said, const Json& value, const std::string& at) {
        if (keyword == "minLength")
            require(!value.is_string() || value.get_ref<const std::string&>().size() >= said, at, "is too short");
        else if (keyword == "pattern")
            require(!value.is_string() ||
                        std::regex_search(value.get_ref<const std::string&>(), std::regex(said.get<std::string>())),
                    at, "does not fit " + said.dump());
        else if (keyword == "minimum")
            require(!value.is_number() || value >= said, at, "is less than " + said.dump());
        else if (keyword == "maximum")
            require(!value.is_number() || value <= said, at, "is more than " + said.dump());
        else
            return false;
        return true;
    }

    bool of_list(const std::string& keyword, const Json& said, const Json& value, const std::string& at) {
        if (keyword == "minItems") {
            require(!value.is_array() || value.size() >= said, at, "has too few items");
        } else if (keyword == "items") {
            for (std::size_t i = 0; value.is_array() && i < value.size(); ++i)
                check(said, value[i], at + "/" + std::to_string(i));
        } else {
            return false;
        }
        return true;
    }

    bool of_object(const std::string& keyword, const Json& said, const Json& schema, const Json& value,
                   const std::string& at) {
        const bool object = value.is_object();
        if (keyword == "required") {
            for (const auto& name : said)
                require(!object || value.contains(name), at, "has no \"" + name.get<std::string>() + "\"");
        } else if (keyword == "properties") {
            for (const auto& [name, inner] : said.items()) {
                if (object && value.contains(name)) check(inner, value[name], at + "/" + name);
            }
        } else if (keyword == "additionalProperties") {
            for (auto it = value.begin(); object && it != value.end(); ++it) {
                if (!schema.contains("properties") || !schema["properties"].contains(it.key()))
                    check(said, *it, at + "/" + it.key());
            }
        } else if (keyword == "propertyNames") {
            for (auto it = value.begin(); object && it != value.end(); ++it) check(said, it.key(), at + "/" + it.key());
        } else if (keyword == "minProperties") {
            require(!object || value.size() >= said, at, "has too few fields");
        } else if (keyword == "maxProperties") {
            require(!object || value.size() <= said, at, "has too many fields");
        } else if (keyword == "if") {
            const auto* next = fits(said, value) ? "then" : "else";
            if (schema.contains(next)) check(schema.at(next), value, at);
        } else {
            return false;
        }
        return true;
    }

    const Json& root_;
    std::vector<std::string> problems_;
};

} // namespace kedge
