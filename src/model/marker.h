// The ownership marker: the tag `kedge: INSTALLATION.UNIT.H`, H = first 8 hex digits of SHA-256(identity key). It
// counts only if H fits the name it stands on (a clone made in a UI copies its tags and stays foreign).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kedge {

inline constexpr std::string_view marker_tag = "kedge";
inline constexpr std::string_view pause_tag = "kedge-pause";
// How long that tag holds, from the first list that showed it: whoever set it may have forgotten it.
inline constexpr std::int64_t pause_tag_seconds = 24 * 3600;

struct Marker {
    std::string installation;
    std::string unit;
    bool fits = false; // H fits the name

    bool operator==(const Marker&) const = default;
};

// Whose a live registration is.
enum class Ownership { ours, foreign, other_installation };

std::string make_marker(std::string_view installation, std::string_view unit, std::string_view name);
// Nothing where the text has not the marker's form.
std::optional<Marker> read_marker(std::string_view text, std::string_view name);

// `[a-z0-9-]{1,32}`: what installations and units may be called.
bool is_unit_name(std::string_view text);

} // namespace kedge
