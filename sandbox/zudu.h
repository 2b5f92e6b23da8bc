// Zudu AI's MCP-server API in its two published generations: G (generated pages, flat updates) and H (hand-written
// ones, updates wrapped in `config`). An envelope around everything, pages from 0, times in milliseconds.
#pragma once
#include "sandbox/control_plane.h"
#include "sandbox/product.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge::sandbox {

struct ZuduKnobs {
    std::string patch = "flat";
    std::string wrong_patch = "refuse";
    std::string answers = "g";
    std::string patch_answer = "partial";
    bool strict_enums = false;
    bool https_only = false;
    bool deletes = true;
    bool delete_checks_agents = false;
    std::string nulls = "refuse";
    std::string headers_rule = "replace";
    std::string fixed_fields;
    bool list_headers = false;
    std::string mask_headers;
    int most_limit = 100;
    bool repeat_last_page = false;
    std::string known_secrets;

    bool operator==(const ZuduKnobs&) const = default;
};

const std::vector<KnobRowOf<ZuduKnobs>>& zudu_knobs();

class Zudu final : public ControlPlane {
public:
    using KnobSet = ZuduKnobs;

    explicit Zudu(ZuduKnobs knobs = {}, PlaneOptions options = {});

    Ground& ground() override { return ground_; }
    Exchange serve(const HttpRequest& request) override;
    Json knob_values() const override { return fields_json(knobs_, zudu_knobs()); }
    std::optional<std::string> turn_knobs(const Json& values, bool fresh) override;
    std::optional<std::string> save(Json document, Server* live, bool raw) override;
    Json shown(const Server& server) override;

    static std::vector<RouteRow> routes();
    const std::string& organization() const { return organization_; }

    // For the table of routes.
    HttpResponse refuse(int status, const std::string& message) const;
    HttpResponse absent(const Call& call) const;
    std::optional<HttpResponse> admit(const Call& call, Need need) const;

private:
    static const std::vector<ProductRoute<Zudu>>& table();

    HttpResponse list(Call& call);
    HttpResponse create(Call& call);
    HttpResponse get(Call& call);
    HttpResponse update(Call& call);
    HttpResponse set_policy(Call& call);
    HttpResponse remove(Call& call);
    HttpResponse tools(Call& call);
    HttpResponse approve_tool(Call& call);
    HttpResponse revoke_tool(Call& call);

    const std::vector<FieldRule>& fields() const;
    std::vector<FieldProblem> check(const Json& body, bool partial) const;
    std::optional<HttpResponse> change_of(Call& call, Json& changes) const;
    void clear_nulls(Json& document, Json& changes) const;
    std::vector<Server*> selected(const HttpRequest& request, std::string& problem);
    Json full(const Server& server) const;
    Json brief(const Server& server) const;   // of a list
    Json partial(const Server& server) const; // of an update
    Json headers_shown(const Json& document) const;
    Server& add(const Json& document);

    Ground ground_;
    ZuduKnobs knobs_;
    std::string organization_;
};

} // namespace kedge::sandbox
