// The documents of tests/schema/valid and tests/schema/invalid, each with the comment above it as its name.
#pragma once
#include "manifest/schema.h"
#include "manifest/yaml.h"
#include "tests/schema/fits.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace kedge {

struct SchemaCase {
    std::string name; // "valid/remote.yaml: a template in a path"
    std::string text;
    Json value;
};

// Documents are parted by lines of three hyphens; script/test-real.d/schema.sh reads them in the same way.
inline std::vector<SchemaCase> schema_cases(const std::string& file) {
    std::ifstream in(std::string(KEDGE_SOURCE_DIR) + "/tests/schema/" + file);
    std::vector<SchemaCase> cases;
    std::string line, text;
    const auto close = [&] {
        const auto yaml = parse_yaml(file, text);
        EXPECT_EQ(yaml.documents.size(), 1u) << file << ": " << text;
        const auto name = text.substr(2, text.find('\n') - 2);
        if (!yaml.documents.empty()) cases.push_back({file + ": " + name, text, yaml.documents.front().value});
        text.clear();
    };
    while (std::getline(in, line)) {
        if (line == "---")
            close();
        else
            text += line + "\n";
    }
    close();
    return cases;
}

} // namespace kedge
