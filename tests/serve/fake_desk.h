// Previews that a test wants, and what was asked for now.
#pragma once
#include "base/failure.h"
#include "reconcile/preview_desk.h"

#include <string>
#include <utility>
#include <vector>

namespace kedge {

class FakeDesk final : public PreviewDesk {
public:
    std::vector<std::shared_ptr<const Preview>> previews() override { return kept; }

    Task<std::shared_ptr<const Preview>> preview_now(std::string repository, int number) override {
        asked.emplace_back(std::move(repository), number);
        if (!failure.empty()) throw Failure(NextAction::retry, failure);
        co_return fresh;
    }

    bool pull_moved(PullHint hint) override {
        hints.push_back(std::move(hint));
        return known;
    }

    // One that does nothing, in one unit.
    static std::shared_ptr<const Preview> one(int number, const std::string& unit) {
        auto preview = std::make_shared<Preview>();
        preview->pull.repository = preview->pull.head_repository = "acme/platform";
        preview->pull.number = number;
        preview->pull.title = "Fix the url";
        preview->pull.base_branch = "main";
        preview->pull.head_commit = "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432";
        preview->tree = "0011223344556677889900112233445566778899";
        preview->at = 1'800'000'000;
        UnitPreview planned;
        planned.unit = unit;
        planned.plan = Plan();
        planned.plan->unit = unit;
        preview->units.push_back(std::move(planned));
        return preview;
    }
    void add(int number, const std::string& unit) { kept.push_back(one(number, unit)); }

    std::vector<std::shared_ptr<const Preview>> kept;
    std::shared_ptr<const Preview> fresh;
    std::vector<std::pair<std::string, int>> asked;
    std::string failure;
    std::vector<PullHint> hints;
    bool known = true; // the repository of a hint
};

} // namespace kedge
