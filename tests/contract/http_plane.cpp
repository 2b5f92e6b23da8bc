#include "tests/contract/http_plane.h"

#include "io/clock.h"
#include "io/run.h"
#include "io/secret_store.h"
#include "provider/rest_provider.h"

namespace kedge {

namespace {

class ServingClient final : public HttpClient {
public:
    ServingClient(const Serve& serve, const HttpHeaders& credentials, Fate& fate)
        : serve_(serve), credentials_(credentials), fate_(fate) {}

    Task<HttpOutcome> send(HttpRequest request) override {
        for (const auto& header : credentials_) request.headers.push_back(header);
        HttpOutcome outcome;
        outcome.delivery = Delivery::unknown;
        outcome.error = "the connection ended before the answer";
        const auto met = fate_.of_next(!request.only_looks);
        if (met == Trouble::frozen) fate_.hold_back([&serve = serve_, request] { serve(request); });
        if (met == Trouble::killed_before || met == Trouble::frozen) throw Killed();
        if (met == Trouble::refused) outcome.delivery = Delivery::not_sent;
        if (met == Trouble::refused || met == Trouble::lost_before) co_return outcome;
        std::optional<HttpResponse> response;
        if (met == Trouble::throttled)
            response = plain(429, "{}");
        else
            response = serve_(request);
        if (response && met == Trouble::failed_after) response = plain(500, "{}");
        if (response && met == Trouble::page_after) response = plain(502, "<html><body>Bad Gateway</body></html>");
        if (met == Trouble::killed_after) throw Killed();
        if (!response || met == Trouble::lost_after) co_return outcome;
        if (met == Trouble::cut_off) response->body.resize(response->body.size() / 2);
        outcome.delivery = Delivery::answered;
        outcome.error.clear();
        outcome.response = std::move(*response);
        co_return outcome;
    }

private:
    static HttpResponse plain(int status, const std::string& body) {
        HttpResponse response;
        response.status = status;
        response.headers.emplace_back("content-type", body.front() == '<' ? "text/html" : "application/json");
        response.body = body;
        return response;
    }

    const Serve& serve_;
    const HttpHeaders& credentials_;
    Fate& fate_;
};

class HttpPlane final : public Plane {
public:
    explicit HttpPlane(HttpPlaneParts parts)
        : parts_(std::move(parts)), client_(parts_.serve, parts_.credentials, fate),
          hand_(parts_.serve, parts_.credentials, nothing_happens_),
          provider_(*parts_.dialect, client_, secrets_, clock_), by_hand_(*parts_.by_hand, hand_, secrets_, clock_) {}

    Provider& provider() override { return provider_; }

    std::vector<LiveDocument> rows() override {
        std::vector<LiveDocument> all;
        RowSink sink;
        sink.begin = [&] { all.clear(); };
        sink.row = [&](std::string_view row) { all.push_back(parts_.by_hand->read(parse_json(row))); };
        done_of(run_to_end(loop_, by_hand_.list(std::move(sink))), "list");
        if (parts_.by_hand->describe().can.list_rows_complete) return all;
        for (auto& row : all) row = get(row.remote_id);
        return all;
    }

    std::string add(const Json& manifest) override {
        Operation operation;
        operation.kind = OperationKind::create;
        operation.name = manifest.at("name");
        operation.type = manifest.at("type");
        operation.document = manifest;
        for (const auto& row : rows()) operation.known_ids.push_back(row.remote_id);
        return perform(std::move(operation)).document.value().remote_id;
    }

    void edit(const std::string& id, const Json& patch) override {
        const auto row = get(id);
        Operation operation;
        operation.kind = OperationKind::update;
        operation.remote_id = id;
        operation.document = row.document;
        operation.document.merge_patch(patch);
        operation.name = operation.document.at("name");
        operation.type = row.type;
        operation.live_version = row.version;
        perform(std::move(operation));
    }

    void remove(const std::string& id) override {
        const auto row = get(id);
        Operation operation;
        operation.kind = OperationKind::remove;
        operation.remote_id = id;
        operation.name = row.name;
        operation.type = row.type;
        perform(std::move(operation));
    }

private:
    static Done done_of(Answer answer, const std::string& what) {
        if (auto* done = std::get_if<Done>(&answer)) return std::move(*done);
        const auto* refused = std::get_if<Refused>(&answer);
        throw std::runtime_error("by hand: " + what + ": " + (refused == nullptr ? "no answer" : refused->words()));
    }

    Done perform(Operation operation) {
        const auto what = std::string(to_text(operation.kind)) + " \"" + operation.name + "\"";
        std::vector<SecretReference> none;
        return done_of(run_to_end(loop_, by_hand_.perform(std::move(operation), std::move(none))), what);
    }

    LiveDocument get(const std::string& id) {
        Operation operation;
        operation.kind = OperationKind::get;
        operation.remote_id = id;
        return perform(std::move(operation)).document.value();
    }

    EventLoop loop_;
    ManualClock clock_;
    SecretStore secrets_{{}, {}, Secret("a key of the tests")};
    HttpPlaneParts parts_;
    Fate nothing_happens_; // to what is done by hand
    ServingClient client_;
    ServingClient hand_;
    RestProvider provider_;
    RestProvider by_hand_;
};

} // namespace

std::unique_ptr<Plane> make_http_plane(HttpPlaneParts parts) {
    return std::make_unique<HttpPlane>(std::move(parts));
}

} // namespace kedge
