// What a registration was when we last knew it is kept for the day when somebody changes it by hand: the canonical
// document, secrets sealed or masked, beside the ledger's entry.
#include "plan/compare.h"
#include "reconcile/unit.h"

#include <algorithm>

namespace kedge {

namespace {

// A document with a whole OpenAPI text in it would only fill the store: of such a one no last value is shown.
constexpr std::size_t largest_known = 64UL * 1024;
constexpr std::size_t kept_at_once = 256;

std::string known_text(const Json& digestible) {
    auto text = canonical_json(digestible);
    return text.size() <= largest_known ? text : std::string();
}

} // namespace

Answered Unit::answered(const DesiredEntry& entry, const Json& sent, const LiveDocument& answer) const {
    const auto rules = rules_of(entry);
    const auto digestible = live_.digestible(answer, rules);
    Answered answered{document_digest(digestible), known_text(digestible)};
    if (answered.live == entry.entry->desired) return answered;
    const auto& dialect = parts_.provider.dialect();
    const auto comparison = compare(dialect.canonical(sent), dialect.canonical(answer.document), rules, {});
    return comparison.exact_differs ? Answered{} : answered;
}

// What was adopted is equal to git, so git's document stands for it, in slices: a first pass may adopt everything there
// is. Where it is equal only in the eyes of a comparison, the live one does, if it is still at hand.
Task<void> Unit::keep_known(const Look& look, std::vector<OwnedEntry> adopted) {
    std::erase_if(adopted, [](const OwnedEntry& entry) { return entry.answered.empty(); });
    for (std::size_t from = 0; from < adopted.size(); from += kept_at_once) {
        const auto to = std::min(adopted.size(), from + kept_at_once);
        std::vector<DesiredEntry> wanted;
        for (std::size_t i = from; i < to; ++i) wanted.push_back(*find_entry(look.desired, adopted[i].name));
        auto asked = wanted;
        const auto resources = co_await desired_.documents(std::move(asked), DesiredState::Use::last);
        LedgerBatch batch;
        auto work = [this, &adopted, &resources, &wanted, &batch, from, to] {
            for (std::size_t i = from; i < to; ++i) {
                LiveDocument document;
                document.document = resources.at(adopted[i].name).document;
                const auto rules = rules_of(wanted[i - from]);
                auto digestible = live_.digestible(document, rules);
                if (document_digest(digestible) != adopted[i].answered) {
                    document.document = live_.document(adopted[i].remote_id);
                    if (!document.document.is_object()) continue;
                    digestible = live_.digestible(document, rules);
                }
                auto text = known_text(digestible);
                if (!text.empty() && document_digest(digestible) == adopted[i].answered)
                    batch.known.push_back({adopted[i].name, std::move(text)});
            }
        };
        co_await parts_.pool.run(std::move(work));
        auto key = ledger_key();
        if (!batch.empty()) co_await parts_.ledger.commit(std::move(key), std::move(batch));
    }
}

} // namespace kedge
