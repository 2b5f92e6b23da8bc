// Manifests of all five types as chance has them, how a person edits one in git, and how somebody edits a registration
// by hand. Notes every secret that it invents.
#pragma once
#include "base/json.h"
#include "tests/contract/dice.h"

#include <string>
#include <vector>

namespace kedge {

class ManifestMaker final {
public:
    explicit ManifestMaker(Dice& dice) : dice_(dice) {}

    // `sources`: what a virtual server may combine; without any there is none.
    Json manifest(const std::string& name, const std::vector<std::string>& sources);
    // One field moves; never name or type.
    void edit(Json& manifest, const std::vector<std::string>& sources);
    // What a person in the console changes, as a merge patch.
    Json patch_by_hand();
    // A text for git. The same document may be written in several ways.
    std::string text(const std::vector<Json>& documents);
    // A text that is no good manifest, in one of many ways; the name stays readable in some of them.
    std::string broken_text(Json manifest);

    std::string secret();
    const std::vector<std::string>& secrets() const { return secrets_; }
    int references() const { return references_; } // how many ${env:} were written

private:
    std::string number() { return std::to_string(++numbers_); }
    std::string secret_value();
    Json collaborators();
    Json tool_names();
    Json header_auth();
    Json oauth();
    Json upstream_auth();
    Json env_auth();
    void add_tools(Json& manifest);
    void add_upstream(Json& manifest, const std::string& name);
    void add_extension(Json& manifest);
    Json spec_source(const std::string& name);
    Json servers(const std::vector<std::string>& sources);

    Dice& dice_;
    std::vector<std::string> secrets_;
    int numbers_ = 0;
    int references_ = 0;
};

} // namespace kedge
