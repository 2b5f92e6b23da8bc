#include "provider/shared_list_provider.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t rows_at_once = 128;

bool may_write(OperationKind kind) {
    return kind == OperationKind::create || kind == OperationKind::update || kind == OperationKind::remove;
}

} // namespace

Task<Answer> SharedListProvider::list(RowSink sink) {
    SharedList::Wanted wanted;
    wanted.not_before = clock_.monotonic() - max_age_;
    wanted.after = max_age_.count() == 0 ? shared_.started() : written_;
    if (beside_ != nullptr) wanted.after = std::max(wanted.after, beside_->written_);
    auto given = co_await shared_.get(wanted);
    list_requests_ += given.requests;
    if (given.problem) co_return std::move(*given.problem);
    const auto list = std::move(given.list);
    if (sink.began) sink.began(list->began);
    if (sink.begin) sink.begin();
    std::size_t handed = 0;
    for (const auto& row : list->rows) {
        const auto use = sink.use ? sink.use(row->key) : RowUse::whole;
        if (use == RowUse::key && sink.key) sink.key(row->key);
        if (use != RowUse::whole) continue;
        const auto raw = shared_.unpack(*row);
        sink.row(raw);
        if (sink.page && ++handed % rows_at_once == 0) co_await sink.page();
    }
    if (sink.page) co_await sink.page();
    Done done;
    done.listed = list->rows.size();
    Answer answer = std::move(done);
    co_return answer;
}

Task<Answer> SharedListProvider::perform(Operation operation, std::vector<SecretReference> references) {
    const bool writes = may_write(operation.kind);
    // Also where it ends by an exception: it may have been sent.
    const AtEnd ended([this, writes] {
        if (writes) written_ = std::max(written_, shared_.started());
    });
    co_return co_await own_.perform(std::move(operation), std::move(references));
}

RequestCounts SharedListProvider::counts() const {
    auto counts = own_.counts();
    counts.list += list_requests_;
    return counts;
}

} // namespace kedge
