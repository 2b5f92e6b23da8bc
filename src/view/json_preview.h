// A preview of a pull request as JSON, and its schema. Stable: names here are an interface.
#pragma once
#include "base/json.h"
#include "model/preview.h"

#include <memory>
#include <vector>

namespace kedge {

// `remark`: of ours, about the whole, in its Markdown; empty: none.
Json preview_json(const Preview& preview, const std::string& remark = {});
Json previews_json(const std::vector<std::shared_ptr<const Preview>>& all);

Json preview_schema();
// Definitions of both documents, by name, beside those of a plan.
Json preview_definitions();

} // namespace kedge
