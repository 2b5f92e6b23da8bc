// A part of a unit that a person asked for by globs of names, types and files: nothing outside of it is touched.
#pragma once
#include <string>
#include <vector>

namespace kedge {

struct Selection {
    std::vector<std::string> names;
    std::vector<std::string> types;
    std::vector<std::string> files;

    bool everything() const { return names.empty() && types.empty() && files.empty(); }
    // A registration that git does not declare has the path it was last declared at, or none.
    bool takes(const std::string& name, const std::string& type, const std::string& path) const;
    bool operator==(const Selection&) const = default;
};

// As it was asked for: --only "git*" --type "mcp-server/remote". Empty: everything.
std::string to_text(const Selection& selection);

} // namespace kedge
