// Judges a manifest as the control plane would before saving it: shape by type, and the rules that knobs turn on. Pure;
// what else is registered is asked through World.
#pragma once
#include "base/json.h"
#include "sandbox/knobs.h"

#include <functional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

// A refusal: status 0 stands for "fine". One message is sent as text, several as an array.
struct Refusal {
    int status = 0;
    std::vector<std::string> messages;
    bool always_array = false; // class validators answer with an array even for one message

    explicit operator bool() const { return status != 0; }
};

struct World {
    const Knobs& knobs;
    const std::regex* name_pattern; // of a new name; null: anything
    std::function<bool(const std::string& name)> registered;
};

Refusal check_manifest(const Json& manifest, const World& world);

} // namespace kedge::sandbox
