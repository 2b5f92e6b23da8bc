#include "tests/contract/notebook_dialect.h"

#include <algorithm>
#include <stdexcept>

namespace kedge {

namespace {

const std::string remote_type = "mcp-server/remote";

bool succeeded(const Exchange& exchange) {
    return exchange.answered && exchange.response.status / 100 == 2;
}

Refused refuse(const Operation& operation, const Exchange& exchange) {
    const auto what = std::string(to_text(operation.kind)) + " \"" + operation.name + "\": ";
    if (!exchange.answered) return {RefusalKind::unreachable, what + exchange.error, {}};
    const int status = exchange.response.status;
    const auto kind = status == 400   ? RefusalKind::invalid
                      : status == 401 ? RefusalKind::credential
                      : status == 404 ? RefusalKind::gone
                                      : RefusalKind::broken;
    return {kind, what + "HTTP " + std::to_string(status), {}};
}

//   POST /servers   {"title": "github", "address": "https://...", "note": "Tools of github"}
//   PUT  /servers/7
HttpRequest write_request(const Operation& operation) {
    HttpRequest request;
    const bool is_new = operation.kind == OperationKind::create;
    request.method = is_new ? "POST" : "PUT";
    request.target = is_new ? "/servers" : "/servers/" + percent_encode(operation.remote_id);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = canonical_json({{"title", operation.name},
                                   {"address", operation.document.value("url", "")},
                                   {"note", operation.document.value("description", "")}});
    return request;
}

HttpRequest request_of(const std::string& method, const std::string& id = {}) {
    HttpRequest request;
    request.method = method;
    request.target = id.empty() ? "/servers" : "/servers/" + percent_encode(id);
    return request;
}

class Notebook final : public Dialect {
public:
    Notebook() {
        it_.dialect = "notebook";
        auto& can = it_.can;
        can.list = can.list_has_total = can.list_rows_complete = can.get = can.remove = true;
        can.replace_fields = {"type"};
        can.clears = "empty value";
        can.assumptions = {"the list is one page that shows everything"};
        it_.list = {"servers", "/title", "/id"};
        it_.rules.exact = {"url", "name", "type"};
    }

    const Description& describe() const override { return it_; }

    std::vector<Finding> check(const Resource& resource) const override {
        std::vector<Finding> findings;
        for (const char* field : {"auth_data", "tool_policy"}) {
            if (!resource.document.contains(field)) continue;
            Finding finding;
            finding.place = resource.place;
            finding.name = resource.name;
            finding.message = "\"" + std::string(field) + "\" cannot be kept in a notebook";
            finding.hint = "take it out";
            findings.push_back(std::move(finding));
        }
        return findings;
    }

    // {"id": 7, "title": "github", "address": "https://...", "note": "...", "edition": 3}
    LiveDocument read(const Json& row) const override {
        if (!row.is_object() || !row.contains("id") || !row.contains("title"))
            throw std::invalid_argument("a row without an id or a title");
        LiveDocument live;
        live.remote_id = row["id"].dump();
        live.name = row["title"].get<std::string>();
        live.type = remote_type;
        live.version = row.value("edition", Json()).dump();
        live.document = {{"type", remote_type},
                         {"name", live.name},
                         {"url", row.value("address", "")},
                         {"description", row.value("note", "")}};
        return live;
    }

    // What a notebook cannot hold never shows as a difference.
    Json canonical(Json document) const override {
        Json kept = Json::object();
        for (const char* field : {"type", "name", "url", "description"}) {
            if (document.contains(field) && document[field] != "") kept[field] = document[field];
        }
        return kept;
    }

    Step next(const Operation& operation, const Transcript& transcript) const override {
        switch (operation.kind) {
        case OperationKind::preflight:
            return preflight(operation, transcript);
        case OperationKind::list:
            if (transcript.empty()) return Send{request_of("GET"), false};
            if (succeeded(transcript.back())) return Done{};
            return refuse(operation, transcript.back());
        case OperationKind::get:
            return get(operation, transcript);
        case OperationKind::create:
        case OperationKind::update:
            return write(operation, transcript);
        case OperationKind::remove:
            return remove(operation, transcript);
        default:
            throw std::invalid_argument("a notebook cannot be asked that");
        }
    }

private:
    Step preflight(const Operation& operation, const Transcript& transcript) const {
        if (transcript.empty()) return Send{request_of("GET"), false};
        if (!succeeded(transcript.back())) return refuse(operation, transcript.back());
        Done done;
        done.identity = TargetIdentity{it_.dialect, "", "", ""};
        return done;
    }

    Step get(const Operation& operation, const Transcript& transcript) const {
        if (transcript.empty()) return Send{request_of("GET", operation.remote_id), false};
        const auto& last = transcript.back();
        if (last.answered && last.response.status == 404) return Done{};
        if (!succeeded(last)) return refuse(operation, last);
        Done done;
        done.document = read(parse_json(last.response.body));
        return done;
    }

    // The write; where its answer was lost, a look at what came of it, and never a second write.
    Step write(const Operation& operation, const Transcript& transcript) const {
        if (transcript.empty()) return Send{write_request(operation), true};
        const auto& sent = transcript.front();
        if (!sent.sent || (sent.answered && !succeeded(sent))) return refuse(operation, sent);
        if (sent.answered) {
            Done done;
            done.document = read(parse_json(sent.response.body));
            return done;
        }
        const bool is_new = operation.kind == OperationKind::create;
        if (transcript.size() == 1) return Send{request_of("GET", is_new ? "" : operation.remote_id), false};
        if (!succeeded(transcript.back())) return Unsure{"the answer was lost, and so was the look at what came of it"};
        const auto seen = parse_json(transcript.back().response.body);
        return is_new ? created(operation, seen) : updated(operation, seen);
    }

    bool equals(const Operation& operation, const LiveDocument& live) const {
        return canonical_json(canonical(live.document)) == canonical_json(canonical(operation.document));
    }

    // Exactly one row that was not there before and equals what was sent.
    Step created(const Operation& operation, const Json& seen) const {
        std::vector<LiveDocument> fresh;
        for (const auto& row : seen.at("servers")) {
            auto live = read(row);
            const auto& known = operation.known_ids;
            const bool is_known = std::find(known.begin(), known.end(), live.remote_id) != known.end();
            if (live.name == operation.name && !is_known) fresh.push_back(std::move(live));
        }
        if (fresh.size() != 1 || !equals(operation, fresh.front()))
            return Unsure{std::to_string(fresh.size()) + " new registrations have this name"};
        Done done;
        done.document = std::move(fresh.front());
        return done;
    }

    Step updated(const Operation& operation, const Json& seen) const {
        Done done;
        done.document = read(seen);
        if (!equals(operation, *done.document)) return Unsure{"it does not show what was sent"};
        return done;
    }

    Step remove(const Operation& operation, const Transcript& transcript) const {
        if (transcript.empty()) return Send{request_of("DELETE", operation.remote_id), true};
        const auto& first = transcript.front();
        if (succeeded(first) || (first.answered && first.response.status == 404)) return Done{};
        if (first.answered || !first.sent) return refuse(operation, first);
        if (transcript.size() == 1) return Send{request_of("GET", operation.remote_id), false};
        const auto& last = transcript.back();
        if (last.answered && last.response.status == 404) return Done{};
        return Unsure{"the answer was lost, and it is still there"};
    }

    Description it_;
};

} // namespace

std::unique_ptr<Dialect> make_notebook() {
    return std::make_unique<Notebook>();
}

} // namespace kedge
