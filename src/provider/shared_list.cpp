#include "provider/shared_list.h"

#include "base/digest.h"

#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace kedge {

// A list while it comes in.
struct SharedList::Making {
    std::shared_ptr<SharedRows> list = std::make_shared<SharedRows>();
    std::shared_ptr<const SharedRows> before;
    std::unordered_map<Digest, std::size_t> places; // of rows in `before`; filled once the order is another one
    std::vector<std::string> page;                  // rows that nobody looked at yet
    std::string problem;
};

SharedList::SharedList(Provider& lister, Clock& clock, Worker& pool, ReadKey read_key)
    : lister_(lister), clock_(clock), pool_(pool), read_key_(std::move(read_key)) {}

// Mostly a row stands where it stood before.
std::shared_ptr<const SharedRow> SharedList::known(Making& making, const Digest& digest) const {
    if (!making.before) return nullptr;
    const auto& rows = making.before->rows;
    const auto here = making.list->rows.size();
    if (here < rows.size() && rows[here]->digest == digest) return rows[here];
    if (making.places.empty()) {
        for (std::size_t i = 0; i < rows.size(); ++i) making.places.emplace(rows[i]->digest, i);
    }
    const auto place = making.places.find(digest);
    return place == making.places.end() ? nullptr : rows[place->second];
}

void SharedList::take_page(Making& making) {
    for (const auto& raw : making.page) {
        if (!making.problem.empty()) break;
        const auto digest = sha256(raw);
        auto row = known(making, digest);
        if (!row) {
            auto read = std::make_shared<SharedRow>();
            try {
                read->key = read_key_(raw);
            } catch (const std::invalid_argument& error) {
                making.problem = "list: read row " + std::to_string(making.list->rows.size() + 1) + ": " + error.what();
                break;
            }
            read->digest = digest;
            read->packed = packer_.pack(raw);
            read->size = raw.size();
            row = std::move(read);
        }
        making.list->rows.push_back(std::move(row));
    }
    making.page.clear();
}

Task<SharedList::Given> SharedList::get(Wanted wanted) {
    const auto fits = [&](const ListMoment& began, std::uint64_t number) {
        return number > wanted.after && number > outdated_ && began.monotonic >= wanted.not_before;
    };
    const auto ended_before = failed_ ? failed_->number : 0; // what failed before this call is asked again
    for (;;) {
        Given given;
        if (current_ && fits(current_->began, current_->number)) {
            given.list = current_;
            co_return given;
        }
        if (failed_ && failed_->number > ended_before && fits(failed_->began, failed_->number)) {
            given.problem = failed_->answer;
            co_return given;
        }
        if (!under_way_) break;
        co_await waiters_.wait();
    }
    co_return co_await lead();
}

// Those who wait look again however this ends: where it was cancelled, one of them leads.
Task<SharedList::Given> SharedList::lead() {
    under_way_ = true;
    const AtEnd ended([this] {
        under_way_ = false;
        waiters_.wake();
    });
    Making making;
    making.before = current_;
    making.list->number = ++started_;
    const auto requests = lister_.counts().list;
    RowSink sink;
    sink.begin = [this, &making] {
        making.list->began = {clock_.monotonic(), clock_.now()};
        making.list->rows.clear();
        making.page.clear();
        making.problem.clear();
    };
    sink.row = [&making](std::string_view raw) { making.page.emplace_back(raw); };
    auto read = [this, &making] { take_page(making); };
    sink.page = [this, &read]() -> Task<void> {
        auto work = read;
        return pool_.run(std::move(work));
    };
    auto answer = co_await lister_.list(std::move(sink));
    co_await pool_.run(std::move(read));
    Given given;
    given.requests = lister_.counts().list - requests;
    if (!making.problem.empty()) answer = Refused{RefusalKind::broken, making.problem, {}};
    if (std::holds_alternative<Done>(answer)) {
        given.list = current_ = std::move(making.list);
        co_return given;
    }
    failed_.emplace(Failed{making.list->began, making.list->number, answer});
    given.problem = std::move(answer);
    co_return given;
}

} // namespace kedge
