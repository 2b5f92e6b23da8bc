#include "model/marker.h"

#include "base/digest.h"

#include <algorithm>

namespace kedge {

namespace {
std::string check_digits(std::string_view name) {
    return sha256(name).hex().substr(0, 8);
}
} // namespace

bool is_unit_name(std::string_view text) {
    return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::string make_marker(std::string_view installation, std::string_view unit, std::string_view name) {
    return std::string(installation) + "." + std::string(unit) + "." + check_digits(name);
}

std::optional<Marker> read_marker(std::string_view text, std::string_view name) {
    const auto first = text.find('.');
    const auto last = text.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    Marker marker;
    marker.installation = text.substr(0, first);
    marker.unit = text.substr(first + 1, last - first - 1);
    if (!is_unit_name(marker.installation) || !is_unit_name(marker.unit)) return std::nullopt;
    marker.fits = text.substr(last + 1) == check_digits(name);
    return marker;
}

} // namespace kedge
