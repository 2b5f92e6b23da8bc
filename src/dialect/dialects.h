// The explicit list of control planes that kedge speaks to, by the name that settings use, each with the keys that its
// targets take beside those of every target.
#pragma once
#include "dialect/dialect.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

enum class OptionKind {
    text,
    number,     // from 1 to `most`
    credential, // named in the settings, sent in a header (Description::credentials); never given to the dialect
};

// One key of a target's settings. The reader, the schema and docs/settings.md come from these.
struct DialectOption {
    std::string name;
    std::string help;
    std::vector<std::string> choices{}; // empty: any text
    bool required = false;
    std::string fallback{}; // where the settings do not say
    OptionKind kind = OptionKind::text;
    int most = 0;
};

// Options of a target as written in the settings ("force_flag": "force"); numbers as digits.
using DialectOptions = std::map<std::string, std::string>;

struct DialectEntry {
    std::string name;
    std::vector<DialectOption> options;
    // Gets every option that has a value, written or by default, and "url", the base URL of the target; throws
    // std::invalid_argument for a value that makes no sense and that the table cannot tell.
    std::unique_ptr<Dialect> (*make)(const DialectOptions& options);
};

const std::vector<DialectEntry>& dialects();
// Null where there is none of that name.
const DialectEntry* find_dialect(std::string_view name);

// Throws std::invalid_argument for an unknown name (naming the known ones), and for options that do not fit its table.
std::unique_ptr<Dialect> make_dialect(std::string_view name, const DialectOptions& options = {},
                                      const std::string& base_url = {});
std::unique_ptr<Dialect> make_dialect(const DialectEntry& entry, const DialectOptions& options,
                                      const std::string& base_url = {});

} // namespace kedge
