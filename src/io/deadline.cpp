#include "io/deadline.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace kedge {

namespace {

constexpr Milliseconds again_after{100};

} // namespace

void Deadlines::stop() {
    armed_ = Time::min(); // nothing is earlier, so nothing arms the timer again
    timer_.cancel();
}

void Deadlines::arm(Time at) {
    armed_ = at;
    timer_.expires_at(at);
    auto weak = weak_from_this();
    timer_.async_wait([weak](const boost::system::error_code& error) {
        if (error) return;
        if (const auto self = weak.lock()) self->fire();
    });
}

void Deadlines::rest() {
    if (armed_ == Time::max() || armed_ == Time::min()) return;
    armed_ = Time::max();
    timer_.cancel();
}

void Deadlines::fire() {
    // A wait that was replaced after its timer had run out comes here as well: it must not disturb the newer one.
    const auto now = std::chrono::steady_clock::now();
    if (armed_ == Time::min() || armed_ > now) return;
    armed_ = Time::max();
    std::vector<Deadline*> due;
    Time next = Time::max();
    for (Deadline* deadline : all_) {
        if (deadline->at_ <= now) {
            due.push_back(deadline);
            deadline->at_ = now + again_after;
        }
        next = std::min(next, deadline->at_);
    }
    if (next != Time::max()) arm(next);
    // Only cancels operations: their coroutines run later, so no deadline dies within this loop.
    for (Deadline* deadline : due) {
        deadline->expired_ = true;
        deadline->on_expiry_();
    }
}

Deadline::Deadline(std::shared_ptr<Deadlines> owner, std::function<void()> on_expiry)
    : owner_(std::move(owner)), on_expiry_(std::move(on_expiry)) {
    place_ = owner_->all_.insert(owner_->all_.end(), this);
}

Deadline::~Deadline() {
    clear();
    owner_->all_.erase(place_);
}

void Deadline::set(Milliseconds from_now) {
    constexpr Milliseconds most = std::chrono::hours(24 * 365);
    at_ = std::chrono::steady_clock::now() + std::clamp(from_now, Milliseconds(0), most);
    expired_ = false;
    if (!active_) {
        active_ = true;
        ++owner_->active_;
    }
    if (at_ < owner_->armed_) owner_->arm(at_);
}

void Deadline::pause() {
    at_ = Deadlines::Time::max();
}

void Deadline::clear() {
    at_ = Deadlines::Time::max();
    if (!active_) return;
    active_ = false;
    if (--owner_->active_ == 0) owner_->rest();
}

} // namespace kedge
