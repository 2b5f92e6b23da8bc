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
    auto board = std::make_shared<TargetBoard>();
    board->members_ = members_;
    board->claims_.reserve(claims_.size());
    for (auto& [name, member] : board->members_) {
        member.read = nullptr;
        board->claim(name, member);
    }
    return board;
}

// `unit` is the key in members_, whose strings stay where they are.
void TargetBoard::claim(const std::string& unit, const Member& member) {
    for (const auto& declared : member.names) claims_.emplace(declared.name, ElsewhereDeclared{unit, declared.place});
}

void TargetBoard::take_down(const std::string& unit, Member& member) {
    for (const auto& declared : member.names) {
        const auto [first, last] = claims_.equal_range(declared.name);
        const auto own = std::find_if(first, last, [&](const auto& claim) { return claim.second.unit == unit; });
        if (own != last) claims_.erase(own);
    }
    member.names.clear();
}

void TargetBoard::publish(const std::string& unit, Reading reading, std::vector<Declared> names) {
    const auto at = members_.try_emplace(unit).first;
    auto& member = at->second;
    take_down(unit, member);
    // Its own duplicates count once.
    const auto same = [](const Declared& a, const Declared& b) { return a.name == b.name; };
    names.erase(std::unique(names.begin(), names.end(), same), names.end());
    names.shrink_to_fit();
    member.names = std::move(names);
    claim(at->first, member);
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
    const auto [begin, end] = claims_.equal_range(name);
    const ElsewhereDeclared* first = nullptr;
    for (auto claim = begin; claim != end; ++claim) {
        if (claim->second.unit == unit) continue;
        if (first == nullptr || claim->second.unit < first->unit) first = &claim->second;
    }
    return first;
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
