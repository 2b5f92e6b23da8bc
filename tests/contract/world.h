// A whole world in one process: manifests in memory, a unit with its real provider and dialect, and the sandbox control
// plane behind a client that calls it directly. Time moves only when somebody sleeps.
#pragma once
#include "dialect/dialects.h"
#include "io/clock.h"
#include "io/http_client.h"
#include "io/patient_client.h"
#include "io/run.h"
#include "provider/rest_provider.h"
#include "reconcile/unit.h"
#include "sandbox/truefoundry.h"
#include "source/source.h"
#include "store/memory_ledger.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kedge {

// Manifests by path; each set() is a commit.
class MemorySource final : public Source {
public:
    Task<Snapshot> fetch() override;
    Task<std::vector<BlobText>> read(const Snapshot& snapshot, std::vector<FileEntry> files) override;
    Task<std::map<std::string, CommitReference>> causes(const Snapshot& snapshot, std::string since,
                                                        std::vector<std::string> paths) override;

    void set(const std::string& path, const std::string& text);
    void remove(const std::string& path);
    std::size_t blobs_read() const { return blobs_read_; }

    std::map<std::string, std::string> files;
    std::map<std::string, CommitReference> touched_by; // by path; empty: no history
    std::function<Task<void>()> before_fetch;          // may wait, or throw

private:
    int commits_ = 0;
    std::size_t blobs_read_ = 0;
};

// Speaks to the sandbox without a socket.
class DirectClient final : public HttpClient {
public:
    DirectClient(sandbox::TrueFoundry& plane, std::string token) : plane_(plane), token_(std::move(token)) {}
    Task<HttpOutcome> send(HttpRequest request) override;
    void use_token(std::string token) { token_ = std::move(token); }
    // Changes answers on their way: a control plane that is wrong.
    std::function<void(const HttpRequest&, HttpOutcome&)> tamper;
    // Asked before a request reaches the control plane; where it throws, it never does.
    std::function<void(const HttpRequest&)> gate;

private:
    sandbox::TrueFoundry& plane_;
    std::string token_;
};

struct WorldOptions {
    sandbox::Knobs knobs;
    int page_size = 1000;
    std::map<std::string, std::string> environment; // for ${env:}
    std::vector<std::string> secrets;
    std::string unit = "tools";
    std::string installation = "prod";
};

class World {
public:
    explicit World(WorldOptions options = {});

    Look look();
    Report apply();
    Plan plan() { return look().planned.plan; }
    // Applies until nothing is done any more (at most `passes` times) and gives the last report.
    Report converge(int passes = 5);
    // A new process with the same ledger, nothing remembered.
    void restart();

    // The text of a remote manifest.
    static std::string remote(const std::string& name, const std::string& more = {});
    void add(const std::string& name, const std::string& more = {}) { source.set(name + ".yaml", remote(name, more)); }
    Json live(const std::string& name);                         // manifest as stored; null where it is not registered
    void edit_live(const std::string& name, const Json& patch); // as a person in the UI
    void add_live(const Json& manifest);
    void sign_in(const std::string& name, const std::string& subject, const std::string& kind = "oauth");
    std::uint64_t writes() { return plane.audit().counters().writes; }
    std::uint64_t forced() { return plane.audit().counters().forced; }
    void release(const Change& change, const std::string& because = "agreed", int at_most = 0);

    WorldOptions options;
    EventLoop loop;
    ManualClock clock;
    sandbox::TrueFoundry plane;
    DirectClient direct;
    PatientClient client;
    std::unique_ptr<Dialect> dialect;
    SecretStore secrets;
    RestProvider provider;
    MemorySource source;
    MemoryLedger ledger;
    NoMemo memo;
    Worker pool;
    UnitSettings settings;
    std::unique_ptr<Unit> unit;
};

const Change* find_change(const Plan& plan, const std::string& name);
const Outcome* find_outcome(const Report& report, const std::string& name);

} // namespace kedge
