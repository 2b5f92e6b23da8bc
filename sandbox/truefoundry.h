// TrueFoundry's control plane, as the vendor documents it.
#pragma once
#include "sandbox/control_plane.h"
#include "sandbox/knobs.h"
#include "sandbox/list_query.h"
#include "sandbox/manifest_check.h"
#include "sandbox/rows.h"

#include <cstdint>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

using TrueFoundryOptions = PlaneOptions;

struct Call; // one request on its way through the routes
struct Upsert;

class TrueFoundry final : public ControlPlane {
public:
    using KnobSet = Knobs;
    static constexpr std::string_view prefix = "/api/svc/v1";

    // Throws Failure(stop) where the state file cannot be used. Saved knobs are replaced by `knobs` where `knobs` are
    // not the defaults.
    explicit TrueFoundry(Knobs knobs = {}, TrueFoundryOptions options = {});
    ~TrueFoundry() override;
    TrueFoundry(const TrueFoundry&) = delete;
    TrueFoundry& operator=(const TrueFoundry&) = delete;

    Ground& ground() override { return ground_; }
    Exchange serve(const HttpRequest& request) override;
    HttpResponse handle(const HttpRequest& request) { return sandbox::handle(*this, request); }
    Json knob_values() const override { return knobs_json(knobs_); }
    std::optional<std::string> turn_knobs(const Json& values, bool fresh) override;
    std::optional<std::string> save(Json document, Server* live, bool raw) override;
    Json shown(const Server& server) override;

    static std::vector<RouteRow> routes();

    const std::string& tenant() const { return ground_.options().tenant; }
    const Knobs& knobs() const { return knobs_; }
    void set_knobs(const Knobs& knobs); // rows are rendered anew; saved manifests stay as they are
    std::int64_t now_ms() { return ground_.now_ms(); }
    People& people() { return ground_.people(); }
    Faults& faults() { return ground_.faults(); }
    Audit& audit() { return ground_.audit(); }
    Registry& registry() { return ground_.registry(); }
    World world();
    void refresh(Server& server); // after an edit in place: rendered and stored
    // A server as its creator would register it, with an id, not yet added. The manifest is taken as it stands.
    Server new_server(const Json& manifest, const Person& creator);

private:
    struct Route;
    static const std::vector<Route>& table();
    const Route* find_route(Call& call) const;
    HttpResponse dispatch(Call& call);
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

    Ground ground_;
    Knobs knobs_;
    std::optional<std::regex> name_pattern_;
    std::uint64_t lists_ = 0;                    // seeds the shuffled order
    std::map<std::string, std::string> uploads_; // the last few uploaded OpenAPI documents
};

} // namespace kedge::sandbox
