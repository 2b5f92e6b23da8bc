// The wire form of a server: the object that PUT, GET and the list share, as text. Pure.
#pragma once
#include "sandbox/knobs.h"
#include "sandbox/registry.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace kedge::sandbox {

// 2026-03-01T12:00:00.123Z
std::string iso_time(std::int64_t ms);

// 25 lower-case letters and digits, the first one a 'c'; a function of its input.
std::string make_id(std::uint64_t seed, std::uint64_t number);

struct RowStyle {
    const Knobs& knobs;
    const std::string& tenant;
};

// The object with `manifest` (JSON text) in place of the saved one; without `id` where the server has none yet.
std::string row_text(const Server& server, std::string_view manifest, const RowStyle& style);

// The saved manifest as this knob shows it.
std::string shown_manifest(const Server& server, bool masked, const Knobs& knobs);

// Renders server.row anew. `saved` is its parsed manifest, which is used up.
void render(Server& server, Json saved, const RowStyle& style);

} // namespace kedge::sandbox
