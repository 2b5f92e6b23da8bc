// One row of the control plane: read and normalised, or refused as no registration. Nothing else may happen.
#include "dialect/truefoundry.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const std::unique_ptr<kedge::Dialect> dialect = kedge::make_truefoundry({});
    try {
        const auto row = kedge::parse_json(std::string_view(reinterpret_cast<const char*>(bytes), size));
        const auto live = dialect->read(row);
        const auto once = dialect->canonical(live.document);
        if (kedge::canonical_json(dialect->canonical(once)) != kedge::canonical_json(once)) std::abort();
    } catch (const std::invalid_argument&) {
    }
    return 0;
}
