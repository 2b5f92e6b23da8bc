// A control plane in memory that can or cannot do what its knobs say. It takes manifests as they are.
#pragma once
#include "tests/contract/plane.h"

#include <memory>

namespace kedge {

struct PlainKnobs {
    std::string name = "plain";
    std::string dialect = "plain";
    bool names_unique = false;
    bool rehearse = false;
    bool list = true;
    bool list_has_total = true;
    bool list_rows_complete = true;
    bool get = true;
    bool find_by_name = true;
    bool tags = false;
    bool create = true;
    bool update = true;
    bool remove = true;
    bool create_answers_id_only = false;
    bool creates_wait = false;   // for somebody to sign in
    bool versions_stand = false; // whatever is written
    std::vector<std::string> replace_fields{"type"};
};

std::unique_ptr<Plane> make_plain_plane(PlainKnobs knobs);

} // namespace kedge
