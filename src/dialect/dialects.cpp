#include "dialect/dialects.h"

#include "dialect/truefoundry.h"

#include <charconv>
#include <stdexcept>

namespace kedge {

namespace {

int page_size_of(const std::string& text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > 1000) {
        throw std::invalid_argument("page_size \"" + text + "\" is no number from 1 to 1000");
    }
    return value;
}

std::unique_ptr<Dialect> truefoundry_from(const DialectOptions& options) {
    TrueFoundryOptions it;
    for (const auto& [key, value] : options) {
        if (key == "page_size")
            it.page_size = page_size_of(value);
        else if (value.empty())
            throw std::invalid_argument("option \"" + key + "\" is empty");
        else if (key == "force_flag")
            it.force_flag = value;
        else if (key == "disabled_tools_key")
            it.disabled_tools_key = value;
        else
            throw std::invalid_argument("unknown option \"" + key +
                                        "\"; known: disabled_tools_key, force_flag, page_size");
    }
    return make_truefoundry(std::move(it));
}

} // namespace

const std::vector<DialectEntry>& dialects() {
    static const std::vector<DialectEntry> all{
        {"truefoundry", truefoundry_from},
    };
    return all;
}

std::unique_ptr<Dialect> make_dialect(std::string_view name, const DialectOptions& options) {
    std::string known;
    for (const auto& entry : dialects()) {
        if (entry.name == name) return entry.make(options);
        known += (known.empty() ? "" : ", ") + std::string(entry.name);
    }
    throw std::invalid_argument("unknown dialect \"" + std::string(name) + "\"; known: " + known);
}

} // namespace kedge
