// The memo in a store. One that is damaged, or of another version, is dropped and made anew; where that cannot be done
// either, nothing is remembered. It never throws for reasons of the disk or the server: losing it only costs time.
#pragma once
#include "io/worker.h"
#include "store/database.h"
#include "store/memo.h"

#include <functional>
#include <memory>

namespace kedge {

Schema memo_schema();

class StoredMemo final : public Memo {
public:
    // Blocks for some milliseconds.
    explicit StoredMemo(StoreEngine engine);

    Task<MemoState> load(std::string scope) override;
    Task<void> save(std::string scope, MemoBatch batch) override;

private:
    void open();
    void discard();
    // Runs `work` on an open memo; once more on a new one where it proves useless. False: nothing is remembered.
    bool attempt(const std::function<void(Database&)>& work);

    StoreEngine engine_;
    std::unique_ptr<Database> database_; // null: cannot be opened
    Worker worker_;
};

} // namespace kedge
