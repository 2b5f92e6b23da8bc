// GAIA AI's MCP-server API in its two dialects: as the product was measured, and as its documentation has it. What goes
// wrong is often answered with status 200; a key may do everything in every project.
#pragma once
#include "sandbox/control_plane.h"
#include "sandbox/product.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

struct GaiaKnobs {
    std::string dialect = "as_built";
    std::string documented_base = "/api";
    std::string documented_list = "short";
    std::string secrets = "dialect";
    std::string unknown_id = "dialect";
    std::string proxy_rule = "dialect";
    std::string projects;
    std::string unreachable;
    std::string timing_out;
    std::string asking_auth;

    bool operator==(const GaiaKnobs&) const = default;
};

const std::vector<KnobRowOf<GaiaKnobs>>& gaia_knobs();

class Gaia final : public ControlPlane {
public:
    using KnobSet = GaiaKnobs;

    explicit Gaia(GaiaKnobs knobs = {}, PlaneOptions options = {});

    Ground& ground() override { return ground_; }
    Exchange serve(const HttpRequest& request) override;
    Json knob_values() const override { return fields_json(knobs_, gaia_knobs()); }
    std::optional<std::string> turn_knobs(const Json& values, bool fresh) override;
    std::optional<std::string> save(Json document, Server* live, bool raw) override;
    Json shown(const Server& server) override;

    static std::vector<RouteRow> routes(); // of both dialects

    // For the table of routes.
    HttpResponse refuse(int status, const std::string& message) const;
    HttpResponse absent(const Call& call) const;
    std::optional<HttpResponse> admit(const Call& call, Need need) const;

private:
    static const std::vector<ProductRoute<Gaia>>& as_built_table();
    static const std::vector<ProductRoute<Gaia>>& documented_table();

    // gaia_routes.cpp
    HttpResponse list(Call& call);
    HttpResponse create(Call& call);
    HttpResponse get(Call& call);
    HttpResponse update(Call& call);
    HttpResponse remove(Call& call);

    // gaia_actions.cpp
    HttpResponse validate(Call& call);
    HttpResponse detect_auth(Call& call);
    HttpResponse detect_transport(Call& call);
    HttpResponse connect(Call& call);
    HttpResponse disconnect(Call& call);
    HttpResponse tools(Call& call);
    HttpResponse resources(Call& call);
    HttpResponse prompts(Call& call);
    HttpResponse read_resource(Call& call);

    bool documented() const { return knobs_.dialect == "documented"; }
    // Status 200 as built, `status` as documented.
    HttpResponse fail(int status, const std::string& message) const;
    HttpResponse issues(const std::vector<FieldProblem>& problems) const;
    HttpResponse unknown() const;
    std::optional<HttpResponse> read_body(Call& call, Json& body) const;
    Server* server_of(Call& call);                          // of the path, the query or the body, as the dialect has it
    std::string trouble_with(const std::string& url) const; // of an MCP server there; empty: it answers
    HttpResponse open(Server& server);
    HttpResponse listing(Call& call, const char* key, const Json& items);
    std::vector<FieldProblem> check_headers(const Json& body) const;
    std::vector<std::string> rules_broken(const Json& body) const;
    void to_stored(Json& document) const; // the dialect's words for transport and headers become the product's
    Json row(const Server& server, bool in_list) const;
    Server& add(const Json& document);

    Ground ground_;
    GaiaKnobs knobs_;
};

// Rules for bodies, in the words of the dialect.
const std::vector<FieldRule>& gaia_create_fields(bool documented);
const std::vector<FieldRule>& gaia_update_fields();

} // namespace kedge::sandbox
