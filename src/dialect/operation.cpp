#include "dialect/dialect.h"

namespace kedge {

std::string_view to_text(OperationKind kind) {
    switch (kind) {
    case OperationKind::preflight:
        return "ask whose token this is";
    case OperationKind::list:
        return "list";
    case OperationKind::get:
        return "get";
    case OperationKind::find_by_name:
        return "look up";
    case OperationKind::find_all:
        return "look up";
    case OperationKind::subjects:
        return "ask who has credentials on";
    case OperationKind::rehearse:
        return "dry run";
    case OperationKind::create:
        return "create";
    case OperationKind::update:
        return "update";
    case OperationKind::remove:
        return "delete";
    }
    return "ask";
}

} // namespace kedge
