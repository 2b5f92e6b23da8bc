// A unit's view of a control plane whose list it shares: everything but the list is its own provider's. Promises that
// a list it is given began after its own last write, and is at most so old as it may be.
#pragma once
#include "provider/provider.h"
#include "provider/shared_list.h"

namespace kedge {

class SharedListProvider final : public Provider {
public:
    // All references outlive this. `max_age` of zero: each list begins with the call. `beside`: another one of the same
    // unit (may be null), whose writes count as this one's.
    SharedListProvider(Provider& own, SharedList& shared, Clock& clock, Milliseconds max_age,
                       const SharedListProvider* beside = nullptr)
        : own_(own), shared_(shared), clock_(clock), max_age_(max_age), beside_(beside) {}

    const Dialect& dialect() const override { return own_.dialect(); }
    Task<Answer> list(RowSink sink) override;
    Task<Answer> perform(Operation operation, std::vector<SecretReference> references) override;
    RequestCounts counts() const override;

private:
    Provider& own_;
    SharedList& shared_;
    Clock& clock_;
    Milliseconds max_age_;
    const SharedListProvider* beside_;
    std::uint64_t written_ = 0; // lists that had begun when our last write ended
    int list_requests_ = 0;
};

} // namespace kedge
