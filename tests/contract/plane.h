// A control plane as the target-state suite sees it: what is live, what a person does to it by hand, and what goes
// wrong on the way.
#pragma once
#include "provider/provider.h"

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace kedge {

// The process that spoke to the control plane ends here, whatever it was doing.
class Killed final : public std::runtime_error {
public:
    Killed() : std::runtime_error("killed") {}
};

enum class Trouble {
    none,
    refused,      // nothing happened, and the answer says so
    lost_before,  // nothing happened, and no answer came
    lost_after,   // it was carried out, and no answer came
    cut_off,      // it was carried out, and its answer broke off in the middle
    failed_after, // it was carried out, and the answer is a 500
    page_after,   // it was carried out, and something in between answers 502 with a page of its own
    throttled,    // nothing happened: 429
    killed_before,
    killed_after,
    frozen, // as killed_before, but what it sent arrives later: Fate::let_through
};

// Which request meets which trouble, and how many there were.
class Fate {
public:
    // The n-th request from now (1: the next one), of those that write or of all.
    void at_write(int n, Trouble trouble) { plan_ = {trouble, writes_ + n, 0}; }
    void at_request(int n, Trouble trouble) { plan_ = {trouble, 0, requests_ + n}; }
    // Whatever follows the trouble is lost as well, until the line is mended.
    void stay_dead() { stays_dead_ = true; }
    void mend() { dead_ = stays_dead_ = false; }

    Trouble of_next(bool is_write);
    // What a frozen process had sent arrives.
    void hold_back(std::function<void()> request) { late_.push_back(std::move(request)); }
    void let_through();
    int writes() const { return writes_; }
    int requests() const { return requests_; }

private:
    struct Planned {
        Trouble trouble = Trouble::none;
        int write = 0;
        int request = 0;
    };
    Planned plan_;
    std::vector<std::function<void()>> late_;
    int writes_ = 0;
    int requests_ = 0;
    bool stays_dead_ = false;
    bool dead_ = false;
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

    Fate fate; // of what the provider sends
};

std::vector<LiveDocument> rows_named(Plane& plane, const std::string& name);

} // namespace kedge
