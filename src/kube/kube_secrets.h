// Values of `${k8s:SECRET/KEY}`: the Secrets of the namespace that kedge runs in, each read once for all its keys when
// somebody reads ahead. Who may name which is decided before (SecretStore).
#pragma once
#include "io/secret_store.h"
#include "kube/kube_api.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kedge {

class KubeSecrets final : public ReadAheadSecrets {
public:
    // `api`: throws Failure where there is none; asked each time.
    explicit KubeSecrets(std::function<KubeApi&()> api) : api_(std::move(api)) {}
    Task<void> read(std::vector<std::string> names) override;
    Found get(const std::string& name) const override;

private:
    using Keys = std::set<std::string>;
    Task<void> read_one(std::string secret, Keys keys);
    void note_problem(const std::string& secret, const Keys& keys, const std::string& problem);

    std::function<KubeApi&()> api_;
    std::map<std::string, Found> found_;
};

} // namespace kedge
