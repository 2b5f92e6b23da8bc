// Gravity Rail's MCP-server API: the fourteen published operations, scopes, a list that shows what the calling member
// may see, and the states of a server. Create and update are not published; a knob switches the likeliest shape on.
#pragma once
#include "sandbox/control_plane.h"
#include "sandbox/product.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge::sandbox {

struct GravityRailKnobs {
    bool writes = false;
    int missing_status = 405;
    std::string list_shape = "array";
    std::string authorize_word = "AUTHORIZE";
    std::string state_case = "upper";
    std::string clear_registration_in = "query";
    int authorize_status = 400;
    std::string authorize_detail = "text";
    std::string app_detail = "authorize_url";
    std::string get_visibility = "same";
    std::string delete_twice = "missing";
    std::string unreachable;
    std::string wanting_oauth;
    std::string workspaces;

    bool operator==(const GravityRailKnobs&) const = default;
};

const std::vector<KnobRowOf<GravityRailKnobs>>& gravity_rail_knobs();

class GravityRail final : public ControlPlane {
public:
    using KnobSet = GravityRailKnobs;

    explicit GravityRail(GravityRailKnobs knobs = {}, PlaneOptions options = {});

    Ground& ground() override { return ground_; }
    Exchange serve(const HttpRequest& request) override;
    Json knob_values() const override { return fields_json(knobs_, gravity_rail_knobs()); }
    std::optional<std::string> turn_knobs(const Json& values, bool fresh) override;
    // A document has: workspace (a UUID), name, url, authType (none, oauth, direct), state, enabled, and visibleTo, a
    // list of slugs of the members who see it; without it all but guests do.
    std::optional<std::string> save(Json document, Server* live, bool raw) override;
    Json shown(const Server& server) override;

    static std::vector<RouteRow> routes();

    // For the table of routes.
    HttpResponse refuse(int status, const std::string& message) const;
    HttpResponse absent(const Call& call) const;
    std::optional<HttpResponse> admit(const Call& call, Need need) const;

private:
    static const std::vector<ProductRoute<GravityRail>>& table();

    // gravity_rail_routes.cpp
    HttpResponse list(Call& call);
    HttpResponse create(Call& call);
    HttpResponse get(Call& call);
    HttpResponse update(Call& call);
    HttpResponse remove(Call& call);
    HttpResponse enable(Call& call);
    HttpResponse disable(Call& call);
    HttpResponse test(Call& call);
    std::optional<HttpResponse> written_off(const Call& call) const; // where create and update are not switched on

    // gravity_rail_members.cpp
    HttpResponse discovery(Call& call);
    HttpResponse credentials(Call& call);
    HttpResponse members(Call& call);
    HttpResponse authorize(Call& call);
    HttpResponse tools(Call& call);
    HttpResponse prompts(Call& call);
    HttpResponse resources(Call& call);
    HttpResponse icon(Call& call);
    HttpResponse fetched(Call& call, const Json& items);

    std::optional<HttpResponse> find(Call& call, bool by_get = false); // sets call.server, or says why not
    bool visible(const Server& server, const Person& who) const;
    HttpResponse authorize_refusal(const Server& server) const;
    HttpResponse answered(const Server& server) const;
    std::string icon_token(const Server& server) const;
    Json row(const Server& server) const;
    std::string state_word(const std::string& state) const;
    Server& add(const Json& document);

    Ground ground_;
    GravityRailKnobs knobs_;
};

bool is_uuid(std::string_view text);
const std::vector<FieldRule>& gravity_rail_fields();

} // namespace kedge::sandbox
