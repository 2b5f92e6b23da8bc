// One list of a target for all of its units. Promises that calls at one time share a list, that a failed one is not
// kept, and that a row is read once however many units and lists it stands in. What a unit does with its rows is not
// known here.
#pragma once
#include "io/clock.h"
#include "io/waiters.h"
#include "io/worker.h"
#include "provider/provider.h"
#include "provider/row_packer.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

struct SharedRow {
    RowKey key;
    Digest digest;
    std::string packed;
    std::size_t size = 0;
};

struct SharedRows {
    ListMoment began;
    std::uint64_t number = 0; // counts the lists that began
    std::vector<std::shared_ptr<const SharedRow>> rows;
};

class SharedList final {
public:
    // What a row is called and whose it is. Throws std::invalid_argument where it cannot be read. Called on `pool`.
    using ReadKey = std::function<RowKey(std::string_view row)>;

    // All references outlive this; `lister` is nobody else's.
    SharedList(Provider& lister, Clock& clock, Worker& pool, ReadKey read_key);

    // Lists that began so far.
    std::uint64_t started() const { return started_; }

    struct Wanted {
        Milliseconds not_before{0}; // monotonic
        std::uint64_t after = 0;    // numbers of lists: that one, and those before it, will not do
    };
    struct Given {
        std::shared_ptr<const SharedRows> list; // null: there is none
        std::optional<Answer> problem;          // why
        int requests = 0;                       // that were made for this caller
    };
    Task<Given> get(Wanted wanted);
    // Somebody else has written since: what began until now will not do for anybody.
    void outdate() { outdated_ = started_; }
    std::string unpack(const SharedRow& row) { return packer_.unpack(row.packed, row.size); }

private:
    struct Making;
    Task<Given> lead();
    void take_page(Making& making);
    std::shared_ptr<const SharedRow> known(Making& making, const Digest& digest) const;

    Provider& lister_;
    Clock& clock_;
    Worker& pool_;
    ReadKey read_key_;
    RowPacker packer_; // packs on the pool, unpacks on the loop
    std::shared_ptr<const SharedRows> current_;
    struct Failed {
        ListMoment began;
        std::uint64_t number = 0;
        Answer answer;
    };
    std::optional<Failed> failed_; // the last one, for those who waited for it
    Waiters waiters_;
    std::uint64_t started_ = 0;
    std::uint64_t outdated_ = 0; // that list, and those before it
    bool under_way_ = false;
};

} // namespace kedge
