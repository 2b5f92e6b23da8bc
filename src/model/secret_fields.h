// Which fields of a manifest hold secrets. One table for the manifest reader (where references are legal), the dialects
// (what a control plane may mask) and the views (what is never printed). Manifest terms; the same for every control
// plane.
#pragma once
#include "base/json.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

// Patterns over object paths: segments split by '.', `*` is any key or list index.
const std::vector<std::string>& secret_field_patterns();

// True where the JSON pointer ("/auth_data/headers/Authorization") lies at or below a secret field.
bool is_secret_pointer(std::string_view pointer);

// True where a dotted object path ("auth_data") is, contains or lies inside a secret field: such paths may not be
// ignored or kept.
bool touches_secret(std::string_view dotted_path);

// What a masked or unreadable value becomes in a document read from live. Legal at secret pointers only.
Json masked_value();
Json unreadable_value();
bool is_masked(const Json& value);
bool is_unreadable(const Json& value);

// Calls `visit(pointer, value)` for every value at a secret pointer; the visitor may replace it.
void for_each_secret(Json& document, const std::function<void(const std::string& pointer, Json& value)>& visit);

} // namespace kedge
