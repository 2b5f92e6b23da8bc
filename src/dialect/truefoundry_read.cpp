#include "dialect/truefoundry_parts.h"

#include <stdexcept>

namespace kedge::truefoundry {

namespace {

std::string id_of(const Json& row) {
    const auto found = row.find("id");
    if (found == row.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    return found->is_number_integer() ? found->dump() : std::string();
}

std::string name_of(const Json& row, const Json& manifest) {
    if (auto name = text_at(row, "name"); !name.empty()) return name;
    if (auto name = text_at(manifest, "name"); !name.empty()) return name;
    const auto fqn = text_at(row, "fqn");
    return fqn.substr(fqn.rfind(':') + 1);
}

} // namespace

LiveDocument read_row(Json row) {
    if (!row.is_object()) throw std::invalid_argument("a row that is no object");
    const auto manifest = row.find("manifest");
    if (manifest == row.end() || !manifest->is_object()) throw std::invalid_argument("a row without a manifest");
    LiveDocument live;
    live.name = name_of(row, *manifest);
    if (live.name.empty()) throw std::invalid_argument("a row without a name");
    live.remote_id = id_of(row);
    live.type = text_at(*manifest, "type");
    live.version = text_at(row, "updatedAt");
    live.document = std::move(*manifest);
    live.document.erase("x-kedge");
    neutralise(live.document);
    mask_hidden(live.document);
    return live;
}

} // namespace kedge::truefoundry
