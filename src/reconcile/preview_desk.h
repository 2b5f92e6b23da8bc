// The previews of a running kedge as its doors see them: those that it has, and the one of a pull request as it is now.
#pragma once
#include "io/task.h"
#include "model/preview.h"

#include <memory>
#include <string>
#include <vector>

namespace kedge {

class PreviewDesk {
public:
    virtual ~PreviewDesk() = default;
    // Those that are kept: of open pull requests, and of some that were closed lately.
    virtual std::vector<std::shared_ptr<const Preview>> previews() = 0;
    // Asks the forge for the pull request and plans it, unless that is under way already: then it is waited for. Null:
    // the settings know no such repository, or it has no such pull request. Throws Failure where that cannot be told.
    virtual Task<std::shared_ptr<const Preview>> preview_now(std::string repository, int number) = 0;
};

} // namespace kedge
