#include "main/preview_wiring.h"

#include <utility>

namespace kedge {

PreviewWiring::PreviewWiring(PreviewGround ground) : ground_(ground), no_secrets_(SecretStore::blind()) {}

void PreviewWiring::add(Place place, Reach reach) {
    auto& merging = mergings_[place.repository.get()];
    if (!merging) merging = std::make_shared<GitMerging>(place.options, place.repository);
    providers_.push_back(std::make_unique<RestProvider>(reach.dialect, reach.client, no_secrets_, ground_.clock,
                                                        std::move(reach.credentials)));
    // The list of the interval, unless the unit has written since it began.
    sharing_.push_back(std::make_unique<SharedListProvider>(*providers_.back(), reach.list, ground_.clock,
                                                            place.unit.settings().interval, reach.of_unit));
    auto make_folder = [options = place.options, merging = merging] {
        return std::make_unique<GitMergedFolder>(options, merging);
    };
    subjects_.push_back({&place.unit, *merging, *sharing_.back(), place.board, normal_folder(place.options.path),
                         std::move(make_folder)});
}

Previewer& PreviewWiring::previewer() {
    if (!previewer_) previewer_ = std::make_unique<Previewer>(std::move(subjects_), ground_);
    return *previewer_;
}

} // namespace kedge
