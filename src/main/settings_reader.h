// Reads one mapping of kedge.yaml against a table of its keys: type, values, what the key means. Collects every
// mistake.
#pragma once
#include "manifest/yaml.h"
#include "model/finding.h"
#include "model/limits.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

enum class SettingType { text, path, boolean, number, duration, choice, credential, texts, mapping, list, limit };

// "10%", a whole number, or "unlimited".
std::optional<Limit> parse_limit(const Json& value);

struct SettingKey {
    std::string name;
    SettingType type = SettingType::text;
    bool required = false;
    std::string help;
    std::vector<std::string> choices;
    std::int64_t most = 1'000'000; // number
};

class SettingsReader final {
public:
    SettingsReader(const YamlDocument& document, std::string file, std::string_view text,
                   std::vector<Finding>& findings)
        : document_(document), file_(std::move(file)), text_(text), findings_(findings) {}

    // Checks that `pointer` is a mapping with these keys only, each of its type. Gives the mapping, or null where it is
    // none.
    const Json* mapping(const std::string& pointer, const std::vector<SettingKey>& keys);
    void error(const std::string& pointer, const std::string& message, const std::string& hint = {});
    std::size_t mistakes() const { return findings_.size(); }
    const Json& value() const { return document_.value; }
    Place place(const std::string& pointer) const;
    // A finding that has a place and an excerpt, and no words yet.
    Finding finding_at(const std::string& pointer) const;

private:
    void check_value(const std::string& pointer, const Json& value, const SettingKey& key);

    const YamlDocument& document_;
    std::string file_;
    std::string_view text_;
    std::vector<Finding>& findings_;
};

} // namespace kedge
