// What a plain scalar means: by the YAML 1.2 core schema (ours) and by the YAML 1.1 rules of PyYAML's safe loader (the
// vendor's CLI). Promises the two readings exactly; leaves it to others what to do where they differ.
#pragma once
#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace kedge {

struct ScalarReading {
    Json yaml12; // null also for what JSON has no number for (.inf, 1e999, 30 digits); then `agree` is false
    Json yaml11; // null also for what the vendor's CLI cannot send (a date, `=`, .nan)
    bool agree = true;
};

ScalarReading read_plain(std::string_view text);

// The JSON object key that the vendor's CLI makes of a plain key ("true" of `on`); nothing where it fails on it.
std::optional<std::string> vendor_key(std::string_view text);

} // namespace kedge
