// What previews of the units of one set are made with: a way to merge in each repository, and a way to ask each control
// plane without a secret at hand.
#pragma once
#include "io/secret_store.h"
#include "provider/rest_provider.h"
#include "provider/shared_list_provider.h"
#include "reconcile/previewing.h"
#include "source/git_merging.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kedge {

class PreviewWiring final {
public:
    explicit PreviewWiring(PreviewGround ground);

    // A unit that follows a git repository.
    struct Place {
        Unit& unit;
        GitSourceOptions options;
        std::shared_ptr<GitRepository> repository;
        std::shared_ptr<TargetBoard> board;
    };
    // How its control plane is reached.
    struct Reach {
        const Dialect& dialect;
        HttpClient& client;
        std::vector<Secret> credentials; // for masking
        SharedList& list;
        const SharedListProvider* of_unit;
    };
    void add(Place place, Reach reach);
    // After the last add().
    Previewer& previewer();

private:
    PreviewGround ground_;
    SecretStore no_secrets_;
    std::map<GitRepository*, std::shared_ptr<GitMerging>> mergings_;
    std::vector<std::unique_ptr<RestProvider>> providers_;
    std::vector<std::unique_ptr<SharedListProvider>> sharing_;
    std::vector<PreviewSubject> subjects_;
    std::unique_ptr<Previewer> previewer_; // goes first
};

} // namespace kedge
