#include "reconcile/previewing.h"

#include "base/failure.h"
#include "base/glob.h"
#include "reconcile/source_hint.h"

#include <algorithm>
#include <set>
#include <utility>

namespace kedge {

namespace {

// The ledger as a preview sees it. That it is never written to is a promise, not a wish.
class ReadingLedger final : public Ledger {
public:
    explicit ReadingLedger(Ledger& inner) : inner_(inner) {}
    Task<LedgerState> load(LedgerKey key) override { return inner_.load(std::move(key)); }
    Task<std::vector<std::int64_t>> commit(LedgerKey, LedgerBatch) override { refuse(); }
    Task<std::map<std::string, std::string>> known(LedgerKey key, std::vector<std::string> names) override {
        return inner_.known(std::move(key), std::move(names));
    }
    Task<void> drop(LedgerKey) override { refuse(); }

private:
    [[noreturn]] static void refuse() {
        throw Failure(NextAction::stop, "preview: write to the ledger: a preview only looks");
    }
    Ledger& inner_;
};

// Begins with what the unit itself has understood, and remembers nothing: what a preview understands stays in its unit.
class ReadingMemo final : public Memo {
public:
    ReadingMemo(const Unit& unit, Memo& inner) : unit_(unit), inner_(inner) {}
    Task<MemoState> load(std::string scope) override {
        auto known = unit_.remembered();
        if (known) co_return std::move(*known);
        co_return co_await inner_.load(std::move(scope));
    }
    Task<void> save(std::string, MemoBatch) override { co_return; }

private:
    const Unit& unit_;
    Memo& inner_;
};

UnitSettings settings_for(const UnitSettings& of_unit, bool rehearse, Milliseconds deadline) {
    auto settings = of_unit;
    if (!rehearse) settings.rehearse = Rehearse::never;
    settings.require_preview = RequirePreview::none; // this is the preview
    settings.deadline = std::min(settings.deadline, deadline);
    settings.selection = {};
    return settings;
}

std::string conflict_text(const Merge& merge) {
    return merge.problem.empty() ? "" : "it cannot be merged: " + merge.problem;
}

} // namespace

// A unit of its own that only looks, and what it looks through.
struct Previewer::Kept {
    Kept(const PreviewSubject& subject, const PreviewGround& ground, const SecretStore& secrets, UnitSettings settings)
        : ledger(ground.ledger), memo(*subject.unit, ground.memo), folder(subject.make_folder()),
          unit(std::move(settings),
               UnitParts{*folder, subject.provider, ledger, memo, secrets, ground.clock, ground.pool, nullptr}) {}

    ReadingLedger ledger;
    ReadingMemo memo;
    std::unique_ptr<MergedFolder> folder;
    Unit unit;
    bool rehearses = false;
    Milliseconds used{0}; // monotonic
    std::string away;     // why the control plane could not be asked
    Milliseconds away_since{0};
};

Previewer::Previewer(std::vector<PreviewSubject> subjects, PreviewGround ground, PreviewRules rules)
    : subjects_(std::move(subjects)), ground_(ground), rules_(rules), no_secrets_(SecretStore::blind()) {}

Previewer::~Previewer() = default;

std::vector<std::string> Previewer::units_of(const std::vector<std::string>& urls) const {
    std::vector<std::string> names;
    for (const auto& subject : subjects_) {
        const auto& settings = subject.unit->settings();
        if (concerns(urls, "", settings.source_url, "")) names.push_back(settings.us.unit);
    }
    return names;
}

Task<std::vector<const PreviewSubject*>> Previewer::subjects_of(PreviewQuestion question) {
    std::vector<const PreviewSubject*> some;
    std::map<Merging*, bool> follows;
    for (const auto& subject : subjects_) {
        if (!concerns(question.urls, "", subject.unit->settings().source_url, "")) continue;
        if (!follows.contains(&subject.merging)) {
            auto branch = question.pull.base_branch;
            const bool it_does = co_await subject.merging.follows(std::move(branch));
            follows[&subject.merging] = it_does;
        }
        if (follows[&subject.merging]) some.push_back(&subject);
    }
    co_return some;
}

// Why nothing of this pull request is looked at; empty: it is.
std::string Previewer::refusal(const PreviewQuestion& question) const {
    const auto& pull = question.pull;
    if (!question.head_ref.empty() && !is_pull_ref(question.head_ref)) return "its head is no ref of a pull request";
    if (question.head_ref.empty() && pull.head_commit.empty()) return "it has no head";
    if (!pull.is_fork()) return {};
    if (pull.head_repository.empty()) return "the repository of its head is gone";
    const bool allowed = std::any_of(question.forks.begin(), question.forks.end(),
                                     [&](const std::string& glob) { return glob_match(glob, pull.head_repository); });
    return allowed ? ""
                   : "it comes from the fork \"" + pull.head_repository +
                         "\", and forks are not previewed unless the settings name them";
}

Task<std::map<Merging*, Merge>> Previewer::merge_all(std::vector<const PreviewSubject*> subjects,
                                                     PreviewQuestion question, Preview& preview) {
    std::map<Merging*, Merge> merges;
    for (const auto* subject : subjects) {
        if (merges.contains(&subject->merging)) continue;
        PullHead head{question.head_ref, question.pull.head_commit};
        auto merge = co_await subject->merging.merge(std::move(head));
        if (merges.empty()) {
            preview.base_commit = merge.base_commit;
            preview.tree = merge.tree;
            preview.conflicts = merge.conflicts;
            if (merge.more_conflicts > 0)
                preview.conflicts.push_back("and " + std::to_string(merge.more_conflicts) + " more");
            preview.problem = conflict_text(merge);
            preview.pull.head_commit = merge.head_commit;
        }
        merges.emplace(&subject->merging, std::move(merge));
    }
    co_return merges;
}

Previewer::Kept& Previewer::kept_for(const PreviewSubject& subject, bool rehearse) {
    auto& kept = kept_[subject.unit->settings().us.unit];
    if (!kept || kept->rehearses != rehearse) {
        kept.reset();
        auto settings = settings_for(subject.unit->settings(), rehearse, rules_.deadline);
        kept = std::make_unique<Kept>(subject, ground_, no_secrets_, std::move(settings));
        kept->rehearses = rehearse;
    }
    kept->used = ground_.clock.monotonic();
    kept->unit.take_after(*subject.unit);
    return *kept;
}

// Units of one target that are previewed together know what each other would declare: what moves from one to another is
// handed over, as it will be after the merge. Of the others counts what they declare now.
Task<void> Previewer::share_boards(std::vector<const PreviewSubject*> subjects) {
    std::map<TargetBoard*, std::shared_ptr<TargetBoard>> boards;
    for (const auto* subject : subjects) {
        auto& board = boards[subject->board.get()];
        if (!board) {
            std::string nobody;
            co_await subject->board->read_others(std::move(nobody), false);
            board = subject->board->detached();
        }
        auto& kept = *kept_.at(subject->unit->settings().us.unit);
        kept.unit.join(board, true);
    }
    for (const auto* subject : subjects) {
        auto& kept = *kept_.at(subject->unit->settings().us.unit);
        co_await kept.unit.read_for_others(true); // a failure stands on the board, and comes again with the look
    }
}

// Manifests that only stand elsewhere by now. A name that is declared twice, before or after, says nothing.
std::vector<std::string> Previewer::moved_files(const Unit& before, const Unit& after, const Plan& plan) const {
    std::map<std::string, std::pair<const FileIndex*, const IndexEntry*>> were;
    const auto& old_files = before.desired().files();
    for (const auto& [path, file] : old_files) {
        const auto now = after.desired().files().find(path);
        if (now != after.desired().files().end() && now->second.blob_id == file.blob_id) continue;
        for (const auto& entry : file.entries) were.emplace(entry.name, std::pair(&file, &entry));
    }
    std::set<std::string> changed;
    for (const auto& change : plan.changes) changed.insert(change.name);
    std::vector<std::string> moved;
    for (const auto& [path, file] : after.desired().files()) {
        const auto same = old_files.find(path);
        if (were.empty() || (same != old_files.end() && same->second.blob_id == file.blob_id)) continue;
        for (const auto& entry : file.entries) {
            const auto was = were.find(entry.name);
            if (was == were.end() || was->second.first->path == path || changed.contains(entry.name)) continue;
            if (was->second.second->desired != entry.desired || moved.size() >= rules_.most_moved_files) continue;
            auto line = was->second.first->path + " -> " + path;
            if (moved.empty() || moved.back() != line) moved.push_back(std::move(line));
        }
    }
    return moved;
}

Task<void> Previewer::plan_unit(const PreviewSubject* subject, Kept* kept, UnitPreview& preview) {
    auto look = co_await kept->unit.look();
    preview.owned = static_cast<int>(look.ledger.owned.size());
    preview.moved_files = moved_files(*subject->unit, kept->unit, look.planned.plan);
    const auto& checked = look.planned.plan.changes;
    preview.rehearsed = kept->rehearses && std::any_of(checked.begin(), checked.end(), [](const Change& change) {
                            return change.check.kind == CheckKind::passed || change.check.kind == CheckKind::refused;
                        });
    preview.plan = std::move(look.planned.plan);
    kept->away.clear();
}

Task<UnitPreview> Previewer::preview_unit(const PreviewSubject* subject, bool rehearse) {
    auto& kept = kept_for(*subject, rehearse);
    UnitPreview preview;
    preview.unit = subject->unit->settings().us.unit;
    preview.folder = subject->folder;
    const auto now = ground_.clock.monotonic();
    if (!kept.away.empty() && now - kept.away_since < rules_.away_for) {
        preview.problem = kept.away;
        preview.passes = true;
        co_return preview;
    }
    bool failed = false;
    try {
        co_await plan_unit(subject, &kept, preview);
    } catch (const Failure& failure) {
        failed = true;
        preview.problem = failure.what();
        preview.passes = failure.next() == NextAction::retry;
    }
    if (failed) kept.unit.forget_identity();
    if (failed && preview.passes) {
        kept.away = preview.problem;
        kept.away_since = ground_.clock.monotonic();
    }
    co_return preview;
}

Task<Preview> Previewer::preview(PreviewQuestion question) {
    Preview preview;
    preview.pull = question.pull;
    preview.at = ground_.clock.now();
    preview.problem = refusal(question);
    if (!preview.problem.empty()) co_return preview;
    while (busy_) co_await waiters_.wait();
    busy_ = true;
    const AtEnd ended([this] {
        busy_ = false;
        waiters_.wake();
    });
    try {
        auto asked = question;
        const auto subjects = co_await subjects_of(std::move(asked));
        auto merges = co_await merge_all(subjects, question, preview);
        if (preview.tree.empty()) co_return preview;
        for (const auto* subject : subjects) {
            const bool trusted = question.rehearse && !question.pull.is_fork();
            kept_for(*subject, trusted).folder->show(merges.at(&subject->merging));
        }
        co_await share_boards(subjects);
        for (const auto* subject : subjects) {
            const bool rehearse = kept_.at(subject->unit->settings().us.unit)->rehearses;
            auto one = co_await preview_unit(subject, rehearse);
            preview.units.push_back(std::move(one));
        }
        for (const auto* subject : subjects) kept_.at(subject->unit->settings().us.unit)->unit.leave();
    } catch (const Failure& failure) {
        preview.problem = failure.what();
        preview.passes = failure.next() == NextAction::retry;
    }
    co_return preview;
}

Task<void> Previewer::rest() {
    if (busy_ || kept_.empty()) co_return;
    const auto now = ground_.clock.monotonic();
    std::erase_if(kept_, [&](const auto& kept) { return now - kept.second->used >= rules_.keep; });
    if (!kept_.empty()) co_return;
    busy_ = true;
    const AtEnd ended([this] {
        busy_ = false;
        waiters_.wake();
    });
    std::set<Merging*> all;
    for (const auto& subject : subjects_) all.insert(&subject.merging);
    for (auto* merging : all) co_await merging->rest();
}

} // namespace kedge
