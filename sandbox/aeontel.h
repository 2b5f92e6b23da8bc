// Aeontel's MCP-server API: create and update as published; list, get and delete as its other collections have them,
// which a knob takes away. Keyset cursors, soft deletes, secrets that are never shown.
#pragma once
#include "sandbox/control_plane.h"
#include "sandbox/product.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge::sandbox {

struct AeontelKnobs {
    std::string api = "full";
    int unpublished_status = 404;
    int create_status = 201;
    int delete_status = 204;
    std::string nulls = "clear";
    std::string maps = "replace";
    std::string auth_switch = "keep";
    std::string unknown_keys = "ignore";
    std::string error_body = "message";
    bool omit_empty = false;
    std::string blank_status = "null";
    std::string mask_headers;
    std::string list_order = "created_desc";
    std::string workspaces;

    bool operator==(const AeontelKnobs&) const = default;
};

const std::vector<KnobRowOf<AeontelKnobs>>& aeontel_knobs();

class Aeontel final : public ControlPlane {
public:
    using KnobSet = AeontelKnobs;

    explicit Aeontel(AeontelKnobs knobs = {}, PlaneOptions options = {});

    Ground& ground() override { return ground_; }
    Exchange serve(const HttpRequest& request) override;
    Json knob_values() const override { return fields_json(knobs_, aeontel_knobs()); }
    std::optional<std::string> turn_knobs(const Json& values, bool fresh) override;
    std::optional<std::string> save(Json document, Server* live, bool raw) override;
    Json shown(const Server& server) override;

    static std::vector<RouteRow> routes();

    // For the table of routes.
    HttpResponse refuse(int status, const std::string& message) const;
    HttpResponse absent(const Call& call) const;
    std::optional<HttpResponse> admit(const Call& call, Need need) const;

private:
    static const std::vector<ProductRoute<Aeontel>>& table();

    HttpResponse create(Call& call);
    HttpResponse update(Call& call);
    HttpResponse list(Call& call);
    HttpResponse get(Call& call);
    HttpResponse remove(Call& call);
    HttpResponse list_connectors(Call& call);
    HttpResponse get_connector(Call& call);
    HttpResponse connect(Call& call);

    bool unpublished_hidden() const { return knobs_.api == "published"; }
    bool workspace_allowed(const std::string& workspace) const;
    Server& add(const Json& document, const std::string& creator);
    std::optional<HttpResponse> clear_nulls(Json& document, Json& changes) const;
    void switch_auth(Json& document, const Json& changes) const;
    Json row(const Server& server) const;
    std::vector<Server*> selected(const HttpRequest& request);

    Ground ground_;
    AeontelKnobs knobs_;
};

} // namespace kedge::sandbox
