#include "tests/contract/notebook_dialect.h"

#include "dialect/likeness.h"
#include "dialect/manifest_findings.h"
#include "dialect/remote_text.h"
#include "dialect/said.h"

#include <algorithm>
#include <stdexcept>

namespace kedge {

namespace {

const std::string remote_type = "mcp-server/remote";

std::string path_of(const std::string& id) {
    return "/servers/" + percent_encode(id);
}
Send look(const std::string& id = {}) {
    return Send{json_request("GET", id.empty() ? "/servers" : path_of(id)), false};
}
bool is_gone(const Exchange& exchange) {
    return exchange.answered && exchange.response.status == 404;
}

//   POST /servers   {"title": "github", "address": "https://...", "note": "Tools of github"}
//   PUT  /servers/7
HttpRequest write_request(const Operation& operation) {
    const bool is_new = operation.kind == OperationKind::create;
    return json_request(is_new ? "POST" : "PUT", is_new ? "/servers" : path_of(operation.remote_id),
                        {{"title", operation.name},
                         {"address", operation.document.value("url", "")},
                         {"note", operation.document.value("description", "")}});
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

    // Other types, and what would be lost, each at its line.
    std::vector<Finding> check(const Resource& resource) const override {
        ManifestFindings findings(resource, "Notebook");
        if (!own_block(resource, it_.dialect).is_null())
            findings.error("/x-kedge/notebook", "Notebook has no settings of its own", "remove \"notebook\"");
        if (findings.check_type()) {
            findings.check_lost_fields({"name", "url", "description", "auth_data", "additional_headers"});
            for (const std::string field : {"auth_data", "additional_headers"}) {
                if (!resource.document.value(field, Json()).empty())
                    findings.error("/" + field, "\"" + field + "\" cannot be kept in a notebook", "take it out");
            }
        }
        return findings.take();
    }

    // {"id": 7, "title": "github", "address": "https://...", "note": "...", "edition": 3}
    LiveDocument read(const Json& row) const override {
        if (!row.is_object() || !row.contains("id") || text_at(row, "title").empty())
            throw std::invalid_argument("a row without an id or a title");
        LiveDocument live;
        live.remote_id = row["id"].dump();
        live.name = text_at(row, "title");
        live.type = remote_type;
        live.version = row.value("edition", Json()).dump();
        live.document = {{"type", remote_type},
                         {"name", live.name},
                         {"url", text_at(row, "address")},
                         {"description", text_at(row, "note")}};
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
        Said said(transcript);
        switch (operation.kind) {
        case OperationKind::preflight:
            return preflight(operation, said);
        case OperationKind::list:
            if (transcript.empty()) return look();
            return is_success(transcript.back()) ? Step(Done{}) : plain_refusal(operation, transcript.back());
        case OperationKind::get:
            return get(operation, said);
        case OperationKind::create:
        case OperationKind::update:
            return write(operation, said);
        case OperationKind::remove:
            return remove(operation, said);
        default:
            throw std::invalid_argument("a notebook cannot be asked that");
        }
    }

private:
    // Nothing where the answer is none, or about no server.
    std::optional<LiveDocument> row_in(const Exchange& answer) const {
        const auto body = is_success(answer) ? json_of(answer.response) : std::nullopt;
        try {
            return body ? std::optional(read(*body)) : std::nullopt;
        } catch (const std::invalid_argument&) {
            return std::nullopt;
        }
    }

    Step preflight(const Operation& operation, Said& said) const {
        const auto* list = said.next();
        if (!list) return look();
        if (!is_success(*list)) return plain_refusal(operation, *list);
        Done done;
        done.identity = TargetIdentity{it_.dialect, "", "", ""};
        return done;
    }

    Step get(const Operation& operation, Said& said) const {
        const auto* answer = said.next();
        if (!answer) return look(operation.remote_id);
        if (is_gone(*answer)) return Done{};
        auto live = row_in(*answer);
        return live ? Step(done_with(std::move(*live))) : plain_refusal(operation, *answer);
    }

    // The write. Where its answer is lost, says 5xx or shows no row: a look at what came of it, and no second write.
    Step write(const Operation& operation, Said& said) const {
        const auto* answer = said.next();
        if (!answer) return Send{write_request(operation), true};
        if (surely_not_done(*answer)) return plain_refusal(operation, *answer);
        if (auto live = row_in(*answer)) return done_with(std::move(*live));
        const bool is_new = operation.kind == OperationKind::create;
        const auto* back = said.next();
        if (!back) return look(is_new ? "" : operation.remote_id);
        if (is_new) return created(operation, *back);
        auto live = row_in(*back);
        if (!live) return Unsure{attempt(operation) + ": no clear answer, and none to the look at what came of it"};
        if (equals(operation, *live)) return done_with(std::move(*live));
        auto refusal = plain_refusal(operation, *answer); // a PUT may be sent again: the next pass does
        refusal.text += "; read back: it was not carried out";
        return refusal;
    }

    bool equals(const Operation& operation, const LiveDocument& live) const {
        const auto form = [this](Json document) { return canonical(std::move(document)); };
        return compare_with_sent(operation, live.document, it_.rules, form).equal;
    }

    // Exactly one row that was not there before and equals what was sent; the list, which rows are left in here.
    Step created(const Operation& operation, const Exchange& list) const {
        const auto body = is_success(list) ? json_of(list.response) : std::nullopt;
        std::vector<LiveDocument> fresh;
        for (const auto& row : body && body->is_object() ? body->value("servers", Json::array()) : Json::array()) {
            auto live = read(row);
            const auto& known = operation.known_ids;
            const bool is_known = std::find(known.begin(), known.end(), live.remote_id) != known.end();
            if (live.name == operation.name && !is_known) fresh.push_back(std::move(live));
        }
        if (fresh.size() == 1 && equals(operation, fresh.front())) return done_with(std::move(fresh.front()));
        return Unsure{attempt(operation) + ": no clear answer, and " + std::to_string(fresh.size()) +
                      " new registrations have this name"};
    }

    Step remove(const Operation& operation, Said& said) const {
        const auto* answer = said.next();
        if (!answer) return Send{json_request("DELETE", path_of(operation.remote_id)), true};
        if (is_success(*answer) || is_gone(*answer)) return Done{};
        if (surely_not_done(*answer)) return plain_refusal(operation, *answer);
        const auto* back = said.next();
        if (!back) return look(operation.remote_id);
        if (is_gone(*back)) return Done{};
        return Unsure{attempt(operation) + ": no clear answer, and it is not seen to be gone"};
    }

    Description it_;
};

} // namespace

std::unique_ptr<Dialect> make_notebook() {
    return std::make_unique<Notebook>();
}

} // namespace kedge
