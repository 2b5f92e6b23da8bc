#include "sandbox/apis.h"

#include "sandbox/aeontel.h"
#include "sandbox/truefoundry.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

template<class P>
std::unique_ptr<ControlPlane> make(PlaneOptions options) {
    return std::make_unique<P>(typename P::KnobSet(), std::move(options));
}

} // namespace

const std::vector<ApiEntry>& apis() {
    static const std::vector<ApiEntry> entries{
        {"truefoundry",
         "TrueFoundry",
         TrueFoundry::prefix,
         "one; its knobs say what the documents leave open",
         {"tfy_sandbox_admin:admin", "tfy_sandbox_writer:writer", "tfy_sandbox_reader:reader",
          "tfy_sandbox_guest:guest"},
         "Authorization: Bearer TOKEN; roles admin, writer, reader, guest",
         TrueFoundry::routes(),
         knob_texts(knob_table()),
         &make<TrueFoundry>},
        {"aeontel",
         "Aeontel",
         "",
         "api=full (list, get, delete as on its other collections) or api=published (create and update only)",
         {"sec_sandbox:writer", "pub_sandbox:reader"},
         "Authorization: Bearer TOKEN; admin and writer are secret keys, reader and guest publishable ones",
         Aeontel::routes(),
         knob_texts(aeontel_knobs()),
         &make<Aeontel>},
    };
    return entries;
}

const ApiEntry* api_entry(std::string_view name) {
    const auto& all = apis();
    const auto found = std::find_if(all.begin(), all.end(), [&](const ApiEntry& entry) { return entry.name == name; });
    return found == all.end() ? nullptr : &*found;
}

} // namespace kedge::sandbox
