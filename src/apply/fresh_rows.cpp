#include "apply/fresh_rows.h"

#include <algorithm>

namespace kedge {

namespace {

// What deletes or forces is looked at on its own, immediately before.
bool is_read_alone(const Change& change) {
    return change.action == Action::remove || change.action == Action::replace || change.released;
}

} // namespace

FreshRows::FreshRows(ExecuteContext& context, const std::vector<const Change*>& order)
    : context_(context), many_(context.provider.dialect().describe().can.find_at_once > 0) {
    std::copy_if(order.begin(), order.end(), std::back_inserter(order_),
                 [](const Change* change) { return !is_read_alone(*change); });
}

bool FreshRows::is_old(Milliseconds read_at) const {
    return context_.clock.monotonic() - read_at > context_.fresh_for;
}

bool FreshRows::wanted(const Change& change) const {
    return is_read_alone(change) || is_old(context_.listed_at);
}

const FreshRow* FreshRows::find(const Change& change) const {
    if (is_read_alone(change)) return nullptr;
    const auto row = rows_.find(change.name);
    return row == rows_.end() || is_old(row->second.read_at) ? nullptr : &row->second;
}

FreshRow FreshRows::row_of(const std::optional<LiveDocument>& document) const {
    FreshRow row;
    row.read_at = context_.clock.monotonic();
    row.there = document.has_value();
    if (!document) return row;
    row.remote_id = document->remote_id;
    // Never taken from the plan because the version stands still: whole seconds, and writes that do not count as one,
    // leave it where it was.
    row.live = context_.live_digest(*document);
    return row;
}

Task<void> FreshRows::before(std::vector<const Change*> wave) {
    if (!many_ || !is_old(context_.listed_at)) co_return;
    std::erase_if(rows_, [this](const auto& row) { return is_old(row.second.read_at); });
    const auto first = std::find_if(wave.begin(), wave.end(), [this](const Change* change) {
        return !is_read_alone(*change) && find(*change) == nullptr;
    });
    if (first == wave.end()) co_return;
    const auto most = static_cast<std::size_t>(context_.provider.dialect().describe().can.find_at_once);
    std::vector<const Change*> next;
    for (auto at = std::find(order_.begin(), order_.end(), *first); at != order_.end() && next.size() < most; ++at)
        next.push_back(*at);
    co_await read(std::move(next));
}

Task<void> FreshRows::read(std::vector<const Change*> changes) {
    Operation operation;
    operation.kind = OperationKind::find_all;
    for (const auto* change : changes) operation.names.push_back(change->name);
    std::vector<SecretReference> none;
    const auto answer = co_await context_.provider.perform(std::move(operation), std::move(none));
    const auto* done = std::get_if<Done>(&answer);
    // Whatever went wrong: each of them says so when it is read alone.
    many_ = done != nullptr;
    if (done == nullptr) co_return;
    std::map<std::string, const LiveDocument*> documents;
    for (const auto& document : done->documents) documents.emplace(document.name, &document);
    for (const auto* change : changes) {
        const auto found = documents.find(change->name);
        std::optional<LiveDocument> document;
        if (found != documents.end()) document = *found->second;
        rows_[change->name] = row_of(document);
    }
}

} // namespace kedge
