// A control plane as the target-state suite sees it: what is live, what a person does to it by hand, and what goes
// wrong on the way.
#pragma once
#include "provider/provider.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace kedge {

// The process that spoke to the control plane ends here, whatever it was doing.
class Killed final : public std::runtime_error {
public:
    Killed() : std::runtime_error("killed") {}
};

enum class Trouble {
    none,
    refused,     // nothing happened, and the answer says so
    lost_before, // nothing happened, and no answer came
    lost_after,  // it was carried out, and no answer came
    killed_before,
    killed_after,
};

class Plane {
public:
    virtual ~Plane() = default;
    virtual Provider& provider() = 0;
    // Everything that is live, whole.
    virtual std::vector<LiveDocument> rows() = 0;
    // By hand. Gives the id.
    virtual std::string add(const Json& manifest) = 0;
    virtual void edit(const std::string& remote_id, const Json& patch) = 0;
    virtual void remove(const std::string& remote_id) = 0;
    // The n-th write request from now (1: the next one) meets this.
    virtual void trouble_at_write(int n, Trouble trouble) = 0;
    virtual int writes() const = 0;
};

std::vector<LiveDocument> rows_named(Plane& plane, const std::string& name);

} // namespace kedge
