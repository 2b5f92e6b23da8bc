#include "model/preview_status.h"

namespace kedge {

std::string_view to_text(PreviewState state) {
    switch (state) {
    case PreviewState::pending:
        return "pending";
    case PreviewState::success:
        return "success";
    case PreviewState::failure:
        break;
    }
    return "failure";
}

} // namespace kedge
