// The state of the control plane in one SQLite file: servers, credentials, other documents, knobs. Audit and faults are
// not kept.
#pragma once
#include "base/json.h"
#include "sandbox/registry.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace kedge::sandbox {

struct OtherDocument {
    std::string type; // the part before the slash
    std::string name;
    std::string manifest;
};

struct SavedState {
    std::vector<Server> servers;
    std::vector<OtherDocument> others;
    Json knobs;
    std::uint64_t next_number = 1;
};

class Storage final {
public:
    // Throws Failure(stop) where the file cannot be used, or holds the state of another API.
    Storage(const std::string& path, const std::string& api);
    ~Storage();

    SavedState load();
    void save(const Server& server);
    void remove(const std::string& id);
    void save_other(const OtherDocument& other);
    void remove_other(const std::string& type, const std::string& name);
    void save_knobs(const Json& knobs);
    void save_next_number(std::uint64_t number);
    void clear();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace kedge::sandbox
