// One process per store: an advisory lock on STORE/lock, held as long as the object lives and freed by the kernel when
// the process dies in any way. The file is never removed.
#pragma once
#include "base/failure.h"

#include <filesystem>

namespace kedge {

// Another process holds the store (exit code 7). What to do about it depends on the command.
class StoreBusy final : public Failure {
public:
    explicit StoreBusy(const std::string& text) : Failure(NextAction::retry, text) {}
};

class StoreLock final {
public:
    // Makes the folder where it is missing. Throws StoreBusy, or Failure(stop) where the folder cannot be written.
    explicit StoreLock(const std::filesystem::path& store);
    ~StoreLock();
    StoreLock(StoreLock&& other) noexcept;
    StoreLock& operator=(StoreLock&&) = delete;
    StoreLock(const StoreLock&) = delete;
    StoreLock& operator=(const StoreLock&) = delete;

private:
    int descriptor_ = -1;
};

} // namespace kedge
