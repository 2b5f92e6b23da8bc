// Replays a golden transcript with one answer spoilt, at every step and in every way that a control plane or what
// stands before it can spoil one.
#pragma once
#include "tests/dialect/truefoundry_world.h"

#include <functional>

namespace kedge::testing {

struct Fault {
    std::string name;
    Exchange answer;
};

inline std::vector<Fault> faults() {
    std::vector<Fault> all{{"not sent", not_sent()}, {"lost", lost()}};
    for (const int status : {401, 403, 404, 409, 422, 429, 500})
        all.push_back({std::to_string(status), answered(status, Json{{"message", "no"}, {"detail", "no"}})});
    all.push_back({"HTML", answered(502, std::string("<html><title>Bad Gateway</title></html>"))});
    all.push_back({"HTML 200", answered(200, std::string("<html><title>Welcome</title></html>"))});
    all.push_back({"truncated", answered(200, std::string("{\"status\":\"success\",\"data\":{\"id\":\"mc"))});
    all.push_back({"empty", answered(200, std::string())});
    return all;
}

struct Ended {
    Step step;
    std::vector<Send> sent;

    int count(const std::string& method) const {
        int number = 0;
        for (const auto& send : sent) number += send.request.method == method ? 1 : 0;
        return number;
    }
};

// The operation from its beginning, each request answered by `answer(request, number)`.
inline Ended run(const Dialect& dialect, const Operation& operation,
                 const std::function<Exchange(const HttpRequest&, std::size_t)>& answer) {
    Ended ended;
    Transcript transcript;
    for (int steps = 0; steps < 30; ++steps) {
        ended.step = dialect.next(operation, transcript);
        const auto* send = std::get_if<Send>(&ended.step);
        if (send == nullptr) return ended;
        ended.sent.push_back(*send);
        transcript.push_back(answer(send->request, transcript.size()));
        transcript.back().request = send->request;
    }
    ADD_FAILURE() << "no end";
    return ended;
}

// As `script` goes, but for the answer at `spoilt`; what comes after it is answered by `after`.
inline Ended run_spoilt(const Dialect& dialect, const Operation& operation, const std::vector<Exchange>& script,
                        std::size_t spoilt, const Exchange& fault,
                        const std::function<Exchange(const HttpRequest&)>& after) {
    return run(dialect, operation, [&](const HttpRequest& request, std::size_t number) {
        if (number == spoilt) return fault;
        return number < spoilt && number < script.size() ? script[number] : after(request);
    });
}

} // namespace kedge::testing
