#include "model/release.h"

namespace kedge {

Digest Release::entry() const {
    return sha256("release:1\n" + digest.hex() + "\n" + name + "\n" + because + "\n" + std::to_string(at_most));
}

} // namespace kedge
