#include "model/pull_conversation.h"

namespace kedge {

std::string_view to_text(StatusState state) {
    switch (state) {
    case StatusState::pending:
        return "pending";
    case StatusState::success:
        return "success";
    case StatusState::failure:
        return "failure";
    case StatusState::error:
        break;
    }
    return "error";
}

} // namespace kedge
