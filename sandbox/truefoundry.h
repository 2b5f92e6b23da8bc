// A TrueFoundry control plane in memory: a state machine from request to answer, as the vendor documents it. No clock,
// no thread, no socket: time comes from a function, faults that touch the connection are told in the Exchange. Leaves
// serving to server.h.
#pragma once
#include "base/duration.h"
#include "base/http_message.h"
#include "sandbox/audit.h"
#include "sandbox/faults.h"
#include "sandbox/knobs.h"
#include "sandbox/list_query.h"
#include "sandbox/manifest_check.h"
#include "sandbox/people.h"
#include "sandbox/registry.h"
#include "sandbox/rows.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

struct TrueFoundryOptions {
    std::string tenant = "acme";
    std::uint64_t seed = 1; // of ids
    std::function<std::int64_t()>
        now_ms;             // empty: a clock that starts in March 2026 and moves by a millisecond per look
    std::string state_file; // SQLite; empty: memory only
    std::size_t audit_entries = 1000;
};

// What becomes of one request, down to the connection.
struct Exchange {
    enum class Line { answer, close_before_answer, truncate, silent } line = Line::answer;
    HttpResponse response;
    Milliseconds delay{0};
};

struct Call; // one request on its way through the routes
struct Upsert;

struct RouteRow {
    std::string method;
    std::string pattern; // after /api/svc/v1; {id} stands for one segment
    std::string meaning;
};

class TrueFoundry final {
public:
    static constexpr std::string_view prefix = "/api/svc/v1";

    // Throws Failure(stop) where the state file cannot be used. Saved knobs are replaced by `knobs` where `knobs` are
    // not the defaults.
    explicit TrueFoundry(Knobs knobs = {}, TrueFoundryOptions options = {});
    ~TrueFoundry();
    TrueFoundry(const TrueFoundry&) = delete;
    TrueFoundry& operator=(const TrueFoundry&) = delete;

    Exchange serve(const HttpRequest& request);
    // For callers without a connection: as serve(), where a lost answer has status 0.
    HttpResponse handle(const HttpRequest& request);

    static std::vector<RouteRow> routes();

    const std::string& tenant() const { return options_.tenant; }
    const Knobs& knobs() const { return knobs_; }
    void set_knobs(const Knobs& knobs); // rows are rendered anew; saved manifests stay as they are
    std::int64_t now_ms();
    People& people() { return people_; }
    Faults& faults() { return faults_; }
    Audit& audit() { return audit_; }
    Registry& registry() { return registry_; }
    World world();
    void refresh(Server& server); // after an edit in place: rendered and stored
    void reset();                 // no servers, no faults, no audit, default knobs; tokens stay
    // A server as its creator would register it, with an id, not yet added. The manifest is taken as it stands.
    Server new_server(const Json& manifest, const Person& creator);

private:
    struct Route;
    static const std::vector<Route>& table();
    const Route* find_route(Call& call) const;
    HttpResponse dispatch(Call& call);
    HttpResponse faulted(const Fault& fault, Call& call, Exchange& exchange);
    void note_body(Call& call);

    // servers (mcp_routes.cpp)
    HttpResponse put_mcp(Call& call);
    HttpResponse list_mcp(Call& call);
    HttpResponse get_mcp(Call& call);
    HttpResponse delete_mcp(Call& call);
    std::vector<Server*> select(const ListQuery& query, const Person& who, std::size_t& total);
    bool visible(const Server& server, const Person& who) const;
    HttpResponse erase(Server& server);
    HttpResponse not_found(std::string_view what) const;

    // saving (upsert.cpp)
    Server draft(const Json& manifest, const Person& creator); // without id and manifest
    Upsert upsert(Json manifest, Call& call);
    HttpResponse sign_out_refusal(const Server& live, const std::vector<std::size_t>& doomed) const;
    std::vector<std::size_t> doomed_records(const Server& live, const Json& manifest) const;
    std::string commit(Server* live, Json manifest, std::string text, const std::vector<std::size_t>& doomed,
                       Call& call);
    std::string rehearse(const Server* live, const Json& manifest, std::string text, Call& call);
    std::optional<HttpResponse> read_envelope(Call& call, Json& manifest);

    // credentials (auth_routes.cpp)
    HttpResponse list_auth(Call& call);
    HttpResponse put_auth(Call& call);
    HttpResponse delete_auth(Call& call);
    HttpResponse delete_tokens(Call& call);
    HttpResponse auth_status(Call& call);
    HttpResponse auth_state(Call& call);
    HttpResponse authorize(Call& call);

    // any document (apply_routes.cpp)
    HttpResponse apply(Call& call);
    HttpResponse apply_other(const Json& manifest, Call& call);
    HttpResponse delete_by_manifest(Call& call);
    HttpResponse dependency_tree(Call& call);
    HttpResponse upload_url(Call& call);
    HttpResponse upload(Call& call);

    // tenant (tenant_routes.cpp)
    HttpResponse session(Call& call);
    HttpResponse tenant_id(Call& call);
    HttpResponse min_cli_version(Call& call);
    HttpResponse installations(Call& call);
    HttpResponse collaborators(Call& call);

    TrueFoundryOptions options_;
    Knobs knobs_;
    std::optional<std::regex> name_pattern_;
    People people_;
    Faults faults_;
    Audit audit_;
    Registry registry_;
    std::int64_t counted_ms_;
    std::uint64_t lists_ = 0;                    // seeds the shuffled order
    std::map<std::string, std::string> uploads_; // the last few uploaded OpenAPI documents
};

} // namespace kedge::sandbox
