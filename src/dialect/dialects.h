// The explicit list of control planes that kedge speaks to, by the name that settings use.
#pragma once
#include "dialect/dialect.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

// Options of a target as written in the settings ("force_flag": "force").
using DialectOptions = std::map<std::string, std::string>;

struct DialectEntry {
    std::string_view name;
    // Throws std::invalid_argument for an unknown option or a value that makes no sense.
    std::unique_ptr<Dialect> (*make)(const DialectOptions& options);
};

const std::vector<DialectEntry>& dialects();

// Throws std::invalid_argument, naming the known ones, for an unknown name.
std::unique_ptr<Dialect> make_dialect(std::string_view name, const DialectOptions& options = {});

} // namespace kedge
