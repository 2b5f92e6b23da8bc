#include "store/memo.h"

#include "base/digest.h"

namespace kedge {

Task<MemoState> NoMemo::load(std::string) {
    MemoState state;
    state.row_key = random_hex(32);
    co_return state;
}

Task<void> NoMemo::save(std::string, MemoBatch) {
    co_return;
}

} // namespace kedge
