#include "model/event.h"

namespace kedge {

std::string_view to_text(EventKind kind) {
    switch (kind) {
    case EventKind::pass_ended:
        return "pass-ended";
    case EventKind::pass_failed:
        return "pass-failed";
    case EventKind::recovered:
        return "recovered";
    case EventKind::change:
        return "change";
    case EventKind::stoppage:
        return "stoppage";
    case EventKind::command:
        return "command";
    case EventKind::settings:
        break;
    }
    return "settings";
}

std::string_view to_text(EventSeverity severity) {
    switch (severity) {
    case EventSeverity::info:
        return "info";
    case EventSeverity::warning:
        return "warning";
    case EventSeverity::error:
        break;
    }
    return "error";
}

} // namespace kedge
