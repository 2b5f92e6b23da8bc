// A provider that answers from a script: by operation kind and name. Records what it was asked.
#pragma once
#include "dialect/dialects.h"
#include "provider/provider.h"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace kedge {

class FakeProvider final : public Provider {
public:
    const Dialect& dialect() const override { return *dialect_; }
    Task<Answer> list(RowSink sink) override {
        sink.begin();
        Answer answer = Done{};
        co_return answer;
    }
    Task<Answer> perform(Operation operation, std::vector<SecretReference> references) override {
        asked.push_back(operation);
        if (on_perform) on_perform(operation);
        references_seen.push_back(std::move(references));
        if (operation.kind == OperationKind::create || operation.kind == OperationKind::update ||
            operation.kind == OperationKind::remove)
            ++counts_.writes;
        auto& script = answers[{operation.kind, operation.name}];
        Answer answer = default_answer(operation);
        if (!script.empty()) {
            answer = script.front();
            script.pop_front();
        }
        co_return answer;
    }
    RequestCounts counts() const override { return counts_; }

    std::vector<OperationKind> kinds_of(const std::string& name) const {
        std::vector<OperationKind> kinds;
        for (const auto& operation : asked) {
            if (operation.name == name) kinds.push_back(operation.kind);
        }
        return kinds;
    }

    std::map<std::pair<OperationKind, std::string>, std::deque<Answer>> answers;
    static LiveDocument registered(const std::string& name) {
        LiveDocument live;
        live.name = name;
        live.remote_id = "id-" + name;
        live.version = "v1";
        return live;
    }

    // For find_all: names that nobody registered, that somebody changed, that somebody changed without a trace in the
    // version, that somebody registered anew.
    std::set<std::string> absent, moved, traceless, anew;
    std::function<void(const Operation&)> on_perform;
    std::vector<Operation> asked;
    std::vector<std::vector<SecretReference>> references_seen;

private:
    // The control plane takes everything, and nobody holds credentials.
    Answer default_answer(const Operation& operation) const {
        Done done;
        for (const auto& name : operation.names) {
            if (absent.contains(name)) continue;
            auto live = registered(name);
            if (moved.contains(name)) live.version = "v2";
            if (moved.contains(name) || traceless.contains(name)) live.document = Json{{"changed", true}};
            if (anew.contains(name)) live.remote_id += "-2";
            done.documents.push_back(std::move(live));
        }
        if (operation.kind == OperationKind::create || operation.kind == OperationKind::update ||
            operation.kind == OperationKind::get) {
            LiveDocument live;
            live.name = operation.name;
            live.type = operation.type;
            live.remote_id = operation.remote_id.empty() ? "id-" + operation.name : operation.remote_id;
            live.version = "v1";
            live.document = operation.document;
            done.document = std::move(live);
        }
        return done;
    }

    std::unique_ptr<Dialect> dialect_ = make_dialect("truefoundry");
    RequestCounts counts_;
};

} // namespace kedge
