#include "reconcile/selection.h"

#include "base/glob.h"

#include <algorithm>

namespace kedge {

namespace {

bool any(const std::vector<std::string>& globs, const std::string& value) {
    return globs.empty() ||
           std::any_of(globs.begin(), globs.end(), [&](const auto& glob) { return glob_match(glob, value); });
}

} // namespace

bool Selection::takes(const std::string& name, const std::string& type, const std::string& path) const {
    return any(names, name) && any(types, type) && any(files, path);
}

std::string to_text(const Selection& selection) {
    std::string text;
    const auto add = [&text](const char* option, const std::vector<std::string>& globs) {
        for (const auto& glob : globs) text += (text.empty() ? "" : " ") + std::string(option) + " \"" + glob + "\"";
    };
    add("--only", selection.names);
    add("--type", selection.types);
    add("--file", selection.files);
    return text;
}

} // namespace kedge
