#include "provider/rest_provider.h"

#include "base/failure.h"
#include "base/secret.h"
#include "provider/row_cutter.h"
#include "provider/sealer.h"

#include <optional>
#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

constexpr int most_steps = 10000;        // of one operation
constexpr int most_attempts_at_list = 4; // an inconsistent list is asked again three times

std::string place(const Operation& operation) {
    const auto& subject = operation.name.empty() ? operation.remote_id : operation.name;
    return std::string(to_text(operation.kind)) + (subject.empty() ? "" : " \"" + scrub(subject, 120) + "\"") + ": ";
}

// The state of one operation.
struct Talk {
    explicit Talk(Operation wanted) : operation(std::move(wanted)) {}

    Operation operation;
    Transcript transcript;
    bool written = false; // a write was sent: from then on "nothing happened" cannot be said lightly
    int steps = 0;
};

Answer gave_up(const Talk& talk, RefusalKind kind, const std::string& cause) {
    if (talk.written) return Unsure{place(talk.operation) + cause + "; it may have been carried out"};
    return Refused{kind, place(talk.operation) + cause, {}};
}

// Never throws: a dialect that cannot go on ends the operation.
Step next_step(const Dialect& dialect, Talk& talk) {
    std::string cause;
    auto kind = RefusalKind::broken;
    if (++talk.steps > most_steps) {
        cause = "no end after " + std::to_string(most_steps) + " requests";
    } else {
        try {
            return dialect.next(talk.operation, talk.transcript);
        } catch (const std::invalid_argument& error) {
            cause = error.what();
            kind = talk.transcript.empty() ? RefusalKind::invalid : RefusalKind::broken;
        } catch (const std::exception&) {
            cause = "an answer that kedge cannot follow";
        }
    }
    return std::visit([](auto end) -> Step { return end; }, gave_up(talk, kind, cause));
}

// The end of an operation, or nothing where there is a next step.
std::optional<Answer> end_of(Step& step) {
    std::optional<Answer> answer;
    std::visit(
        [&](auto& value) {
            using T = std::decay_t<decltype(value)>;
            if constexpr (!std::is_same_v<T, Send>) answer = std::move(value);
        },
        step);
    return answer;
}

Exchange exchange_of(HttpRequest request, HttpOutcome outcome, const Sealer& sealer) {
    Exchange exchange;
    exchange.request = std::move(request);
    exchange.answered = outcome.delivery == Delivery::answered;
    exchange.sent = outcome.delivery != Delivery::not_sent;
    if (exchange.answered) {
        exchange.response = std::move(outcome.response);
        sealer.mask(exchange.response);
    } else {
        exchange.error = std::move(outcome.error);
        sealer.mask(exchange.error);
    }
    return exchange;
}

constexpr const char* unreadable_hint =
    "was it cut off on its way, by a proxy perhaps, or is the address another one's?";

// Takes the rows out of a page. Text: why it is no page; empty where it is one.
std::string take_rows(RowCutter& cutter, Exchange& exchange, const RowSink& sink) {
    if (!exchange.answered || exchange.response.status != 200) return {};
    auto page = cutter.cut(exchange.response.body, sink.row);
    exchange.response.body = std::move(page.envelope);
    exchange.rows = page.rows;
    return std::move(page.problem);
}

// Stands in the list of writes as long as it lives.
class InFlight final {
public:
    InFlight(std::list<const Operation*>* writes, const Operation& operation) : writes_(writes) {
        if (writes_ != nullptr) place_ = writes_->insert(writes_->end(), &operation);
    }
    ~InFlight() {
        if (writes_ != nullptr) writes_->erase(place_);
    }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;

private:
    std::list<const Operation*>* writes_;
    std::list<const Operation*>::iterator place_;
};

} // namespace

RestProvider::RestProvider(const Dialect& dialect, HttpClient& client, const SecretStore& secrets, Clock& clock,
                           std::vector<Secret> credentials)
    : dialect_(dialect), client_(client), secrets_(secrets), clock_(clock), credentials_(std::move(credentials)) {}

Task<Answer> RestProvider::list(RowSink sink) {
    for (int attempt = 1;; ++attempt) {
        if (sink.begin) sink.begin();
        Answer answer = co_await list_once(sink);
        const auto* refused = std::get_if<Refused>(&answer);
        const bool again = refused && refused->kind == RefusalKind::inconsistent && attempt < most_attempts_at_list;
        if (!again) co_return answer;
        // Somebody is writing: let them finish.
        const Milliseconds pause{250 << (attempt - 1)};
        co_await clock_.sleep(pause);
    }
}

Task<Answer> RestProvider::list_once(const RowSink& sink) {
    Operation operation;
    operation.kind = OperationKind::list;
    Talk talk(std::move(operation));
    RowCutter cutter(dialect_.describe().list);
    const Sealer no_secrets;
    Sealer sealer;
    for (const auto& credential : credentials_) sealer.hide(credential);
    std::size_t rows = 0;
    for (;;) {
        Step step = next_step(dialect_, talk);
        if (auto answer = end_of(step)) {
            sealer.mask(*answer);
            auto* done = std::get_if<Done>(&*answer);
            if (!done) co_return std::move(*answer);
            done->listed = rows;
            if (!cutter.ids_repeat()) co_return std::move(*answer);
            Refused repeated{RefusalKind::inconsistent, "list: an id stands twice", {}};
            co_return Answer(std::move(repeated));
        }
        auto& send = std::get<Send>(step);
        if (send.wait_ms > 0) {
            const Milliseconds pause{send.wait_ms};
            co_await clock_.sleep(pause);
        }
        HttpRequest request = std::move(send.request);
        HttpRequest outgoing = request;
        outgoing.only_looks = true;
        ++counts_.list;
        HttpOutcome outcome = co_await client_.send(std::move(outgoing));
        // A page is large and shows nothing of itself; words that end the list are masked there.
        const bool page = outcome.delivery == Delivery::answered && outcome.response.status < 300;
        Exchange exchange = exchange_of(std::move(request), std::move(outcome), page ? no_secrets : sealer);
        const std::string problem = take_rows(cutter, exchange, sink);
        rows += exchange.rows;
        if (!problem.empty()) {
            const auto page = std::to_string(talk.transcript.size() + 1);
            Refused unreadable{RefusalKind::broken, "list: read page " + page + ": " + problem, {}, unreadable_hint};
            co_return Answer(std::move(unreadable));
        }
        talk.transcript.push_back(std::move(exchange));
        if (sink.page) co_await sink.page();
    }
}

Task<Answer> RestProvider::perform(Operation operation, std::vector<SecretReference> references) {
    Sealer sealer;
    Talk talk(std::move(operation));
    std::string unsealable;
    try {
        sealer.seal(talk.operation, references, secrets_);
        for (const auto& credential : credentials_) sealer.hide(credential);
        sealer.hide_literals(talk.operation.document);
    } catch (const Failure& failure) {
        unsealable = failure.what();
    } catch (const std::invalid_argument& error) {
        unsealable = error.what();
    }
    if (!unsealable.empty()) co_return gave_up(talk, RefusalKind::invalid, unsealable);
    for (;;) {
        Step step = next_step(dialect_, talk);
        if (auto answer = end_of(step)) {
            sealer.mask(*answer);
            co_return std::move(*answer);
        }
        auto& send = std::get<Send>(step);
        if (send.wait_ms > 0) {
            const Milliseconds pause{send.wait_ms};
            co_await clock_.sleep(pause);
        }
        count(talk.operation.kind, send.is_write);
        talk.written = talk.written || send.is_write;
        HttpRequest outgoing = sealer.unseal(send.request);
        outgoing.only_looks = !send.is_write;
        const InFlight writing(send.is_write ? &writing_ : nullptr, talk.operation);
        HttpOutcome outcome = co_await client_.send(std::move(outgoing));
        talk.transcript.push_back(exchange_of(std::move(send.request), std::move(outcome), sealer));
    }
}

std::vector<std::string> RestProvider::writing() const {
    std::vector<std::string> all;
    for (const auto* operation : writing_) {
        all.push_back(place(*operation));
        all.back().resize(all.back().size() - 2); // without ": "
    }
    return all;
}

void RestProvider::count(OperationKind kind, bool is_write) {
    if (is_write)
        ++counts_.writes;
    else if (kind == OperationKind::rehearse)
        ++counts_.dry_runs;
    else
        ++counts_.other;
}

} // namespace kedge
