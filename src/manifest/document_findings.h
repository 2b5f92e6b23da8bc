// Collects the findings of one document: places by JSON pointer, excerpts from the text.
#pragma once
#include "manifest/yaml.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge {

class DocumentFindings {
public:
    DocumentFindings(std::string_view text, const YamlDocument& document) : text_(text), document_(document) {}

    void error(std::string_view pointer, std::string message, std::string hint) {
        add(Severity::error, place_of(document_, pointer), std::move(message), std::move(hint));
    }
    void warning(std::string_view pointer, std::string message, std::string hint) {
        add(Severity::warning, place_of(document_, pointer), std::move(message), std::move(hint));
    }
    void add(Severity severity, Place place, std::string message, std::string hint);
    void include(std::vector<Finding> others); // found while reading the text
    bool has_error() const { return has_error_; }
    std::vector<Finding> take(const std::string& name);

private:
    std::string_view text_;
    const YamlDocument& document_;
    std::vector<Finding> findings_;
    bool has_error_ = false;
};

// "/auth_data/headers/X~1Y" -> "auth_data.headers.X/Y", for messages.
std::string dotted(std::string_view pointer);
// "/a" and "b/c" -> "/a/b~1c".
std::string pointer_to(std::string_view parent, std::string_view key);

} // namespace kedge
