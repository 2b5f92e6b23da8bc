#include "model/release.h"

namespace kedge {

Digest Release::entry() const {
    auto text = "release:1\n" + digest.hex() + "\n" + name + "\n" + because + "\n" + std::to_string(at_most);
    if (given != 0) text += "\n" + std::to_string(given);
    return sha256(text);
}

bool is_releasable(HoldReason reason) {
    return reason == HoldReason::sign_out || reason == HoldReason::delete_ || reason == HoldReason::foreign ||
           reason == HoldReason::replace || reason == HoldReason::unsure || reason == HoldReason::loop ||
           reason == HoldReason::review;
}

bool may_sign_out(const Change& change, const SignOutRule& rule, std::optional<int> subjects) {
    if (rule.who == SignOut::never) return false;
    const auto within = [&](int at_most) { return at_most == 0 || (subjects && *subjects <= at_most); };
    if (change.released && within(change.at_most)) return true;
    return rule.who == SignOut::always && within(rule.at_most);
}

} // namespace kedge
