#include "tests/contract/random_git.h"

#include <algorithm>

namespace kedge {

namespace {

std::string name_of(const Json& document) {
    return document["name"].get<std::string>();
}

} // namespace

std::vector<std::string> RandomGit::pool() const {
    return {"srv-a", "srv-b", "srv-c", "srv-d", "srv-e", "srv-f", "srv-g", "srv-h"};
}

std::set<std::string> RandomGit::all_names() const {
    std::set<std::string> names;
    for (const auto& [path, file] : files_) {
        for (const auto& document : file.documents) names.insert(name_of(document));
    }
    return names;
}

std::map<std::string, Json> RandomGit::good() const {
    std::map<std::string, Json> found;
    std::set<std::string> twice;
    for (const auto& [path, file] : files_) {
        for (const auto& document : file.documents) {
            if (!file.broken && !found.emplace(name_of(document), document).second) twice.insert(name_of(document));
        }
    }
    for (const auto& name : twice) found.erase(name);
    return found;
}

bool RandomGit::has_mistakes() const {
    std::set<std::string> names;
    for (const auto& [path, file] : files_) {
        for (const auto& document : file.documents) {
            if (file.broken || !names.insert(name_of(document)).second) return true;
        }
    }
    return false;
}

// Servers of git, and now and then one that is only live.
std::vector<std::string> RandomGit::sources_for(const std::string& name) const {
    auto names = all_names();
    names.erase(name);
    std::vector<std::string> list(names.begin(), names.end());
    if (!list.empty() && list.size() < 3) list.emplace_back("theirs-1");
    return list;
}

std::optional<std::string> RandomGit::free_name() {
    const auto taken = all_names();
    auto names = pool();
    std::erase_if(names, [&](const std::string& name) { return taken.contains(name); });
    return names.empty() ? std::nullopt : std::optional(dice_.pick(names));
}

void RandomGit::write(const std::string& path) {
    auto& file = files_[path];
    for (const auto& document : file.documents) ever_.insert(name_of(document));
    source_.set(path, file.broken ? maker_.broken_text(file.documents.front()) : maker_.text(file.documents));
}

std::string RandomGit::add() {
    const auto name = free_name();
    if (!name) return "nothing to add";
    auto document = maker_.manifest(*name, sources_for(*name));
    const bool shared = !files_.empty() && dice_.one_in(6);
    const auto path = shared ? files_.begin()->first : "dir-" + std::to_string(++paths_) + "/" + *name + ".yaml";
    files_[path].documents.push_back(std::move(document));
    write(path);
    return "add " + *name;
}

std::string RandomGit::remove(const std::string& path) {
    auto& documents = files_[path].documents;
    const auto name = name_of(documents.back());
    documents.pop_back();
    if (!documents.empty()) {
        write(path);
    } else {
        files_.erase(path);
        source_.remove(path);
    }
    return "remove " + name;
}

std::string RandomGit::rename(const std::string& path) {
    const auto name = free_name();
    if (!name) return "nothing to rename to";
    auto& document = files_[path].documents.front();
    const auto before = name_of(document);
    document["name"] = *name;
    if (dice_.one_in(2)) document["x-kedge"]["formerly"] = Json::array({before});
    write(path);
    return "rename " + before + " to " + *name;
}

std::string RandomGit::double_name(const std::string& path) {
    const auto copy = "dir-" + std::to_string(++paths_) + "/copy.yaml";
    files_[copy].documents.push_back(files_[path].documents.front());
    write(copy);
    return "double " + name_of(files_[copy].documents.front());
}

std::string RandomGit::move(const std::string& path) {
    const auto to = "dir-" + std::to_string(++paths_) + "/moved.yaml";
    files_[to] = files_[path];
    files_.erase(path);
    source_.remove(path);
    write(to);
    return "move " + path;
}

std::string RandomGit::commit() {
    if (files_.empty() || dice_.one_in(4)) return add();
    auto at = files_.begin();
    std::advance(at, dice_.below(static_cast<int>(files_.size())));
    const auto path = at->first;
    auto& file = at->second;
    auto& document = file.documents.front();
    if (file.broken && dice_.one_in(2)) {
        file.broken = false;
        write(path);
        return "mend " + path;
    }
    switch (dice_.below(10)) {
    case 0:
    case 1:
        return remove(path);
    case 2:
        return rename(path);
    case 3:
        file.broken = true;
        write(path);
        return "break " + path;
    case 4:
        return double_name(path);
    case 5:
        return move(path);
    case 6:
        document = maker_.manifest(name_of(document), sources_for(name_of(document)));
        write(path);
        return "rewrite " + name_of(document);
    default:
        maker_.edit(document, sources_for(name_of(document)));
        write(path);
        return "edit " + name_of(document);
    }
}

void RandomGit::mend_all() {
    std::set<std::string> names;
    std::vector<std::string> paths;
    for (const auto& [path, file] : files_) paths.push_back(path);
    for (const auto& path : paths) {
        auto& file = files_[path];
        std::erase_if(file.documents, [&](const Json& document) { return !names.insert(name_of(document)).second; });
        file.broken = false;
        if (!file.documents.empty()) {
            write(path);
        } else {
            files_.erase(path);
            source_.remove(path);
        }
    }
}

} // namespace kedge
