// Which control planes the target-state suite runs on, each in every variant that matters.
#pragma once
#include "tests/contract/plane.h"

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace kedge {

struct TargetVariant {
    std::string name; // letters, digits and underscores
    std::function<std::unique_ptr<Plane>()> make;
    // What the suite changes, in git and by hand: "description", or where the control plane keeps none, "url".
    std::string edited = "description";
    // The patch of a manifest that only a replacement can bring there; null: there is none that it would take.
    Json fixed{};
    std::string fixed_path{}; // as the hold names it
    bool fixed_shows = true;  // it can be read back: a row that has it is told from one that has not
    bool takes_equals = true; // of those twins: also one that is equal in everything
    bool takes_twins = true;  // where names are not unique: it takes a second one of a name from one and the same token

    Json edit(const std::string& word) const; // the patch of a manifest that puts this word there
    Capabilities can() const { return make()->provider().dialect().describe().can; }
};
inline std::ostream& operator<<(std::ostream& out, const TargetVariant& variant) {
    return out << variant.name;
}

// A control plane in memory, each knob at both ends.
std::vector<TargetVariant> plain_variants();
// The dialects against the sandbox that is written from the vendors' documents, with pages of every size.
std::vector<TargetVariant> sandbox_variants();
// The example of docs/adding-a-provider.md.
std::vector<TargetVariant> notebook_variants();
// A ContextForge in memory; the real one is asked by script/test-real.
std::vector<TargetVariant> forge_variants();

// Those of all the above that can do what is asked for.
std::vector<TargetVariant> variants_that(bool (*can)(const Capabilities&));
std::string name_of_variant(const testing::TestParamInfo<TargetVariant>& info);

} // namespace kedge
