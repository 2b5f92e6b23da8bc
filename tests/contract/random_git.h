// The repository of a random world: what it holds, and what people commit to it.
#pragma once
#include "tests/contract/random_manifest.h"
#include "tests/contract/world.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kedge {

class RandomGit final {
public:
    RandomGit(Dice& dice, ManifestMaker& maker, MemorySource& source) : dice_(dice), maker_(maker), source_(source) {}

    // One commit, in words.
    std::string commit();
    std::string add();
    // Every file is good again: what was broken is mended.
    void mend_all();

    // Documents whose file can be read and whose name stands once, by name.
    std::map<std::string, Json> good() const;
    std::set<std::string> all_names() const; // broken and doubled ones as well
    bool has_mistakes() const;               // some file is broken, or a name stands twice
    bool was_ever_named(const std::string& name) const { return ever_.contains(name); }
    std::vector<std::string> pool() const; // names that manifests may have

private:
    struct File {
        std::vector<Json> documents;
        bool broken = false;
    };
    void write(const std::string& path);
    std::string remove(const std::string& path);
    std::string rename(const std::string& path);
    std::string double_name(const std::string& path);
    std::string move(const std::string& path);
    std::vector<std::string> sources_for(const std::string& name) const;
    std::optional<std::string> free_name();

    Dice& dice_;
    ManifestMaker& maker_;
    MemorySource& source_;
    std::map<std::string, File> files_;
    std::set<std::string> ever_;
    int paths_ = 0;
};

} // namespace kedge
