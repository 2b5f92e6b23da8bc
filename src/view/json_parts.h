// What the documents of json_view are put together from: values that are null where they are unknown.
#pragma once
#include "base/digest.h"
#include "base/json.h"
#include "model/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge {

Json text(const std::string& value);
Json text_or_null(const std::string& value);
Json time_or_null(UnixSeconds time);
Json digest_or_null(const Digest& digest);
Json number_or_null(const std::optional<int>& number);
Json place_json(const Place& place);
Json commit_json(const Commit& commit);
Json findings_list(const std::vector<Finding>& findings);
Json target_json(const TargetIdentity& target);
Json revision_json(const Revision& revision);
Json group_json(const ChangeGroup& group);
// What every document about a plan begins with.
Json plan_head(const char* kind, const Plan& plan);

} // namespace kedge
