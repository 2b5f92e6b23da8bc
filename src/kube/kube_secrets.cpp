#include "kube/kube_secrets.h"

#include "base/failure.h"
#include "io/run.h"

#include <utility>

namespace kedge {

namespace {

constexpr std::size_t side_by_side = 4;
constexpr std::size_t most_named_keys = 10;

std::string keys_of(const KubeSecret& secret) {
    std::string text;
    std::size_t count = 0;
    for (const auto& [key, value] : secret.data) {
        if (++count > most_named_keys) return text + ", ...";
        text += (text.empty() ? "" : ", ") + key;
    }
    return text.empty() ? "it is empty" : "it has " + text;
}

} // namespace

Task<void> KubeSecrets::read(std::vector<std::string> names) {
    std::map<std::string, Keys> wanted;
    for (const auto& name : names) {
        const auto slash = name.find('/');
        const auto secret = name.substr(0, slash);
        const auto key = slash == std::string::npos ? std::string() : name.substr(slash + 1);
        if (is_kube_name(secret) && is_kube_key(key))
            wanted[secret].insert(key);
        else
            found_[name] = Found{Secret(), "no Secret and key have such names; write ${k8s:SECRET/KEY}"};
    }
    std::vector<std::pair<std::string, Keys>> each(wanted.begin(), wanted.end());
    std::function<Task<void>(std::size_t)> job = [this, &each](std::size_t i) {
        return read_one(each[i].first, each[i].second);
    };
    co_await for_each_index(each.size(), side_by_side, std::move(job));
}

Task<void> KubeSecrets::read_one(std::string secret, Keys keys) {
    std::string problem;
    try {
        const KubeSecret read = co_await api_().secret(secret);
        for (const auto& key : keys) {
            auto& found = found_[secret + "/" + key];
            const auto at = read.data.find(key);
            found.value = at == read.data.end() ? Secret() : at->second;
            found.problem = at == read.data.end()
                                ? "Secret \"" + secret + "\" has no key \"" + key + "\"; " + keys_of(read)
                                : std::string();
        }
    } catch (const Failure& failure) {
        problem = failure.what();
    }
    if (!problem.empty()) note_problem(secret, keys, problem);
}

void KubeSecrets::note_problem(const std::string& secret, const Keys& keys, const std::string& problem) {
    for (const auto& key : keys) found_[secret + "/" + key] = Found{Secret(), problem};
}

ReadAheadSecrets::Found KubeSecrets::get(const std::string& name) const {
    const auto known = found_.find(name);
    return known == found_.end() ? Found{Secret(), "it was not read yet"} : known->second;
}

} // namespace kedge
