#include "tests/contract/pulls.h"

#include "base/digest.h"

#include <utility>

namespace kedge {

Task<bool> MemoryMerging::follows(std::string branch) {
    co_return branch == "main";
}

Task<Merge> MemoryMerging::merge(PullHead head) {
    if (before_merge) before_merge();
    ++merges;
    Merge merge;
    merge.base_commit = "base-" + std::to_string(merges);
    merge.head_commit = head.commit;
    merge.conflicts = conflicts;
    if (conflicts.empty()) merge.tree = "tree-of-" + head.commit + "-" + std::to_string(merges);
    co_return merge;
}

Task<void> MemoryMerging::rest() {
    ++rests;
    co_return;
}

void MemoryMergedFolder::show(const Merge& merge) {
    merge_ = merge;
    files_ = source_.files;
    for (const auto& [path, text] : merging_.heads[merge.head_commit][unit_]) {
        if (text)
            files_[path] = *text;
        else
            files_.erase(path);
    }
}

Task<Snapshot> MemoryMergedFolder::fetch() {
    Snapshot snapshot;
    snapshot.revision.id = merge_.head_commit;
    for (const auto& [path, text] : files_) {
        FileEntry entry;
        entry.path = path;
        entry.blob_id = sha256(text).hex().substr(0, 40);
        entry.size = text.size();
        snapshot.content += path + entry.blob_id;
        snapshot.files.push_back(std::move(entry));
    }
    co_return snapshot;
}

Task<std::vector<BlobText>> MemoryMergedFolder::read(const Snapshot&, std::vector<FileEntry> wanted) {
    std::vector<BlobText> texts;
    for (const auto& file : wanted) texts.push_back({file.path, file.blob_id, files_.at(file.path)});
    if (blobs_read_ != nullptr) *blobs_read_ += texts.size();
    co_return texts;
}

Task<std::map<std::string, CommitReference>> MemoryMergedFolder::causes(const Snapshot&, std::string,
                                                                        std::vector<std::string>) {
    std::map<std::string, CommitReference> none;
    co_return none;
}

void apply_edits(MemorySource& source, const Edits& edits) {
    for (const auto& [path, text] : edits) {
        if (text)
            source.set(path, *text);
        else
            source.remove(path);
    }
}

PullRequest pull_request(int number, const std::string& head) {
    PullRequest pull;
    pull.repository = "acme/tools";
    pull.number = number;
    pull.author = "bob";
    pull.base_branch = "main";
    pull.head_branch = "work";
    pull.head_commit = head;
    pull.head_repository = "acme/tools";
    return pull;
}

PreviewQuestion question_of(const PullRequest& pull, const std::string& url) {
    PreviewQuestion question;
    question.pull = pull;
    question.urls = {url};
    question.head_ref = "refs/pull/" + std::to_string(pull.number) + "/head";
    return question;
}

} // namespace kedge
