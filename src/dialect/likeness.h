// What normal forms and read-backs of every control plane have in common: lists that are sets, and whether a row is
// what was sent.
#pragma once
#include "dialect/dialect.h"

#include <functional>
#include <string>
#include <vector>

namespace kedge {

// A text that orders values; never throws.
std::string order_text(const Json& value);

// Sorts by the members named; entries that agree in them, and those without any, by their whole text. Null and what is
// no list stay as they are. A set has each entry once.
void sort_list(Json* list, const std::vector<std::string>& members);
void sort_set(Json* list, const std::vector<std::string>& members = {});

// True where the control plane says by its status that it did nothing, or where nothing was sent.
bool surely_not_done(const Exchange& write);

// True where `live` is what sending `operation.document` leaves behind, as far as it can be read: masked, unreadable
// and sealed secrets and the fields that the control plane fills in do not count. `secrets_hidden` tells whether a
// secret was among them.
struct Likeness {
    bool equal = false;
    bool secrets_hidden = false;
    std::string difference{}; // where not equal: JSON pointer of the first field that differs
};
Likeness compare_with_sent(const Operation& operation, const Json& live, const CompareRules& rules,
                           const std::function<Json(Json)>& canonical);

} // namespace kedge
