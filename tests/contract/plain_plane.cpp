#include "tests/contract/plain_plane.h"

#include <algorithm>
#include <functional>
#include <map>

namespace kedge {

namespace {

class PlainDialect final : public Dialect {
public:
    explicit PlainDialect(const PlainKnobs& knobs) {
        it_.dialect = knobs.dialect;
        auto& can = it_.can;
        can.list = knobs.list;
        can.list_has_total = knobs.list_has_total;
        can.list_rows_complete = knobs.list_rows_complete;
        can.get = knobs.get;
        can.find_by_name = knobs.find_by_name;
        can.rehearse = knobs.rehearse;
        can.names_unique = knobs.names_unique;
        can.tags = knobs.tags;
        can.create = knobs.create;
        can.update = knobs.update;
        can.remove = knobs.remove;
        can.replace_fields = knobs.replace_fields;
        can.assumptions = {"`writes: yes` lets kedge create and update"};
        it_.list = {"rows", "/name", "/id"};
        it_.rules.exact = {"url", "name", "type"};
        it_.rules.auth = {"auth_data"};
    }
    const Description& describe() const override { return it_; }
    std::vector<Finding> check(const Resource&) const override { return {}; }
    LiveDocument read(const Json& row) const override {
        LiveDocument live;
        live.remote_id = row.at("id");
        live.name = row.at("name");
        live.type = row.at("type");
        live.version = row.at("version");
        live.document = row.value("manifest", Json::object());
        if (row.contains("waits")) live.condition = {true, true, row["waits"], "https://plain.example.com/go-on"};
        return live;
    }
    Json canonical(Json document) const override { return document; }
    Step next(const Operation&, const Transcript&) const override {
        throw std::invalid_argument("this control plane is spoken to without requests");
    }

private:
    Description it_;
};

class PlainPlane final : public Plane, public Provider {
public:
    explicit PlainPlane(PlainKnobs knobs) : knobs_(std::move(knobs)), dialect_(knobs_) {}

    // Plane
    Provider& provider() override { return *this; }
    std::vector<LiveDocument> rows() override {
        std::vector<LiveDocument> all;
        for (const auto& [id, row] : rows_) all.push_back(dialect_.read(row));
        return all;
    }
    std::string add(const Json& manifest) override {
        const auto id = "id-" + std::to_string(++last_id_);
        put(id, manifest);
        return id;
    }
    void edit(const std::string& id, const Json& patch) override {
        auto manifest = rows_.at(id)["manifest"];
        manifest.merge_patch(patch);
        put(id, manifest);
    }
    void remove(const std::string& id) override { rows_.erase(id); }

    // Provider
    const Dialect& dialect() const override { return dialect_; }
    RequestCounts counts() const override { return counts_; }
    Task<Answer> list(RowSink sink) override {
        ++counts_.list;
        sink.begin();
        auto send_rows = [&] {
            for (auto [id, row] : rows_) {
                if (!knobs_.list_rows_complete) row.erase("manifest");
                sink.row(row.dump());
            }
            return Answer(Done{});
        };
        Answer answer = meet(false, send_rows);
        co_return answer;
    }
    Task<Answer> perform(Operation operation, std::vector<SecretReference>) override {
        using enum OperationKind;
        const auto kind = operation.kind;
        const bool is_write = kind == create || kind == update || kind == OperationKind::remove;
        ++(is_write ? counts_.writes : counts_.other);
        auto work = [this, is_write, operation] { return is_write ? carry_out(operation) : look(operation); };
        Answer answer = meet(is_write, work);
        co_return answer;
    }

private:
    void put(const std::string& id, const Json& manifest) {
        rows_[id] = {{"id", id},
                     {"name", manifest.at("name")},
                     {"type", manifest.at("type")},
                     {"version", std::to_string(knobs_.versions_stand ? 1 : ++version_)},
                     {"manifest", manifest}};
    }

    Answer found(std::map<std::string, Json>::const_iterator row) const {
        Done done;
        if (row != rows_.end()) done.document = dialect_.read(row->second);
        return done;
    }

    Answer look(const Operation& operation) {
        Done done;
        switch (operation.kind) {
        case OperationKind::preflight:
            done.identity = TargetIdentity{knobs_.dialect, "acme", "robot", ""};
            return done;
        case OperationKind::get:
            return found(rows_.find(operation.remote_id));
        case OperationKind::find_by_name:
            return found(std::find_if(rows_.begin(), rows_.end(),
                                      [&](const auto& row) { return row.second["name"] == operation.name; }));
        case OperationKind::rehearse:
            done.document = LiveDocument{"", operation.name, operation.type, "", operation.document, {}};
            return done;
        default:
            return Refused{RefusalKind::broken, "this control plane has no such question", {}};
        }
    }

    // Does the work, or what happens instead of it. A look that was lost has done nothing.
    Answer meet(bool is_write, const std::function<Answer()>& work) {
        const auto trouble = fate.of_next(is_write);
        if (trouble == Trouble::frozen) fate.hold_back([work] { work(); });
        if (trouble == Trouble::killed_before || trouble == Trouble::frozen) throw Killed();
        if (trouble == Trouble::refused) return Refused{RefusalKind::unreachable, "nobody answers", {}};
        if (trouble == Trouble::throttled) return Refused{RefusalKind::busy, "too many requests", {}};
        if (trouble == Trouble::lost_before) return no_answer(is_write);
        auto answer = work();
        if (trouble == Trouble::killed_after) throw Killed();
        return trouble == Trouble::none ? answer : no_answer(is_write);
    }
    static Answer no_answer(bool is_write) {
        if (is_write) return Unsure{"no answer came"};
        return Refused{RefusalKind::unreachable, "no answer came", {}};
    }

    Answer carry_out(const Operation& operation) {
        const auto& manifest = operation.document;
        if (operation.kind == OperationKind::remove) {
            rows_.erase(operation.remote_id);
            return Done{};
        }
        if (operation.kind == OperationKind::create) {
            if (knobs_.names_unique && !rows_named(*this, operation.name).empty())
                return Refused{RefusalKind::conflict, "this name is taken", {}};
            const auto id = add(manifest);
            if (knobs_.creates_wait) {
                rows_.at(id)["waits"] = "somebody has to sign in";
                auto live = dialect_.read(rows_.at(id));
                const auto condition = live.condition;
                return Blocked{condition, std::move(live)};
            }
            if (!knobs_.create_answers_id_only) return found(rows_.find(id));
            Done done;
            done.document = LiveDocument{id, operation.name, operation.type, "", Json::object(), {}};
            done.document->document = manifest;
            return done;
        }
        const auto row = rows_.find(operation.remote_id);
        if (row == rows_.end()) return Refused{RefusalKind::gone, "it is not there", {}};
        for (auto field : knobs_.replace_fields) {
            std::replace(field.begin(), field.end(), '.', '/');
            const Json::json_pointer at("/" + field);
            const auto& before = row->second["manifest"];
            if ((before.contains(at) ? before.at(at) : Json()) != (manifest.contains(at) ? manifest.at(at) : Json()))
                return Refused{RefusalKind::invalid, field + " cannot be changed", {}};
        }
        put(operation.remote_id, manifest);
        return found(row);
    }

    PlainKnobs knobs_;
    PlainDialect dialect_;
    RequestCounts counts_;
    std::map<std::string, Json> rows_;
    int last_id_ = 0;
    int version_ = 0;
};

} // namespace

std::unique_ptr<Plane> make_plain_plane(PlainKnobs knobs) {
    return std::make_unique<PlainPlane>(std::move(knobs));
}

} // namespace kedge
