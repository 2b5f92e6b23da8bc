#include "io/stop.h"

#include <utility>

namespace kedge {

void Stop::ask() {
    if (std::exchange(asked_, true)) return;
    for (const auto& heard : listeners_) heard();
}

Stop::Listener::Listener(Stop* stop, std::function<void()> heard) : stop_(stop) {
    if (stop_ != nullptr) place_ = stop_->listeners_.insert(stop_->listeners_.end(), std::move(heard));
}

Stop::Listener::~Listener() {
    if (stop_ != nullptr) stop_->listeners_.erase(place_);
}

} // namespace kedge
