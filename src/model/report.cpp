#include "model/report.h"

namespace kedge {

std::string_view to_text(Result result) {
    switch (result) {
    case Result::done:
        return "done";
    case Result::held:
        return "held";
    case Result::left_alone:
        return "left alone";
    case Result::refused:
        return "refused";
    case Result::failed:
        return "failed";
    case Result::unsure:
        return "unsure";
    case Result::blocked:
        return "blocked";
    case Result::not_started:
        return "not started";
    }
    return "failed";
}

} // namespace kedge
