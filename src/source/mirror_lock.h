// One user of a mirror at a time, across processes (flock on a file beside it), and the broom for what a killed git
// left behind.
#pragma once
#include <optional>
#include <string>

namespace kedge {

class MirrorLock final {
public:
    // Nothing where somebody else holds it. Throws Failure(stop) where the lock file cannot be made; `place` starts the
    // message.
    static std::optional<MirrorLock> try_take(const std::string& file, const std::string& place);

    MirrorLock(MirrorLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
    MirrorLock& operator=(MirrorLock&& other) noexcept;
    MirrorLock(const MirrorLock&) = delete;
    MirrorLock& operator=(const MirrorLock&) = delete;
    ~MirrorLock();

private:
    explicit MirrorLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

// Removes git's own *.lock files and half-written packs. Only for the holder of the lock.
void remove_leftovers(const std::string& repository);

} // namespace kedge
