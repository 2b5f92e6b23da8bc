#include "reconcile/target_board.h"

#include "io/run.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t read_at_once = 4;
constexpr std::size_t commit_digits = 40;

std::string in_words(const std::string& unit, const std::string& why) {
    return "unit \"" + unit + "\": " + why;
}

} // namespace

void TargetBoard::join(const std::string& unit, Read read) {
    members_[unit].read = std::move(read);
}

void TargetBoard::leave(const std::string& unit) {
    const auto member = members_.find(unit);
    if (member == members_.end()) return;
    take_down(unit, member->second);
    members_.erase(member);
}

std::shared_ptr<TargetBoard> TargetBoard::detached() const {
    auto board = std::make_shared<TargetBoard>(*this);
    for (auto& [name, member] : board->members_) member.read = nullptr;
    return board;
}

void TargetBoard::take_down(const std::string& unit, Member& member) {
    for (const auto& name : member.names) {
        const auto claims = claims_.find(name);
        if (claims == claims_.end()) continue;
        std::erase_if(claims->second, [&](const ElsewhereDeclared& claim) { return claim.unit == unit; });
        if (claims->second.empty()) claims_.erase(claims);
    }
    member.names.clear();
}

void TargetBoard::publish(const std::string& unit, Reading reading, std::vector<Declared> names) {
    auto& member = members_[unit];
    take_down(unit, member);
    member.names.reserve(names.size());
    for (auto& declared : names) {
        if (!member.names.empty() && member.names.back() == declared.name) continue; // its own duplicate
        member.names.push_back(declared.name);
        auto& claims = claims_[std::move(declared.name)];
        const auto at =
            std::find_if(claims.begin(), claims.end(), [&](const auto& claim) { return claim.unit > unit; });
        claims.insert(at, {unit, std::move(declared.place)});
    }
    publish(unit, std::move(reading));
}

void TargetBoard::publish(const std::string& unit, Reading reading) {
    auto& member = members_[unit];
    member.reading = std::move(reading);
    member.was_read = true;
}

bool TargetBoard::was_read(const std::string& unit) const {
    const auto member = members_.find(unit);
    return member != members_.end() && member->second.was_read;
}

Task<void> TargetBoard::read_others(std::string unit, bool again) const {
    std::vector<std::string> wanted;
    for (const auto& [name, member] : members_) {
        if (name != unit && member.read && (again || !member.was_read)) wanted.push_back(name);
    }
    std::function<Task<void>(std::size_t)> job = [this, &wanted, again](std::size_t i) -> Task<void> {
        const auto member = members_.find(wanted[i]);
        if (member == members_.end()) co_return; // it left meanwhile
        const auto read = member->second.read;
        co_await read(again);
    };
    const auto count = wanted.size();
    co_await for_each_index(count, read_at_once, std::move(job));
}

const ElsewhereDeclared* TargetBoard::elsewhere(const std::string& unit, const std::string& name) const {
    const auto claims = claims_.find(name);
    if (claims == claims_.end()) return nullptr;
    const auto other = std::find_if(claims->second.begin(), claims->second.end(),
                                    [&](const ElsewhereDeclared& claim) { return claim.unit != unit; });
    return other == claims->second.end() ? nullptr : &*other;
}

std::string TargetBoard::problem(const std::string& unit) const {
    for (const auto& [name, member] : members_) {
        if (name == unit) continue;
        if (!member.was_read) return in_words(name, "not read yet");
        if (!member.reading.problem.empty()) return in_words(name, member.reading.problem);
    }
    return {};
}

std::string TargetBoard::behind(const std::string& unit, Milliseconds moment, const std::string& commit) const {
    for (const auto& [name, member] : members_) {
        if (name == unit || member.reading.began > moment) continue;
        const bool same = commit.size() == commit_digits && member.reading.revision == commit;
        if (!same)
            return in_words(name, "it has not read its source since something left this unit's; once it has, what "
                                  "nobody declares is deleted");
    }
    return {};
}

} // namespace kedge
