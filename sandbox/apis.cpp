#include "sandbox/apis.h"

#include "sandbox/aeontel.h"
#include "sandbox/gaia.h"
#include "sandbox/gravity_rail.h"
#include "sandbox/truefoundry.h"
#include "sandbox/zudu.h"

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
        {"gaia",
         "GAIA AI",
         "",
         "dialect=as_built (as measured) or dialect=documented (documented_base=/api or /api/v1)",
         {"gaia_sandbox:admin"},
         "as built: gaia-api-key: TOKEN; documented: Authorization: Bearer TOKEN; every key may do everything",
         Gaia::routes(),
         knob_texts(gaia_knobs()),
         &make<Gaia>},
        {"zudu",
         "Zudu AI",
         "",
         "patch=flat | wrapped | both, answers=g | h: the two published generations",
         {"sk_sandbox:s3cr3t_sandbox:writer", "sk_reader:s3cr3t_reader:reader"},
         "X-API-KEY: KEY and X-API-SECRET: SECRET, given as KEY:SECRET:ROLE; reader and guest only read",
         Zudu::routes(),
         knob_texts(zudu_knobs()),
         &make<Zudu>},
        {"gravity_rail",
         "Gravity Rail",
         "",
         "writes=false (as published) or writes=true (create and update in the likeliest shape)",
         {"gr_sandbox_admin:admin", "gr_sandbox_writer:writer", "gr_sandbox_reader:reader", "gr_sandbox_guest:guest"},
         "Authorization: Bearer TOKEN; admin: apps:admin, writer: apps:write, reader: apps:read, guest: reads what "
         "names it",
         GravityRail::routes(),
         knob_texts(gravity_rail_knobs()),
         &make<GravityRail>},
    };
    return entries;
}

const ApiEntry* api_entry(std::string_view name) {
    const auto& all = apis();
    const auto found = std::find_if(all.begin(), all.end(), [&](const ApiEntry& entry) { return entry.name == name; });
    return found == all.end() ? nullptr : &*found;
}

} // namespace kedge::sandbox
