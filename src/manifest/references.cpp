#include "manifest/references.h"

#include <algorithm>
#include <map>

namespace kedge {

namespace {

struct Declared {
    const FileIndex* file;
    const IndexEntry* entry;
    Place place() const { return {file->path, entry->line, 0}; }
};

class Checker {
public:
    Checker(const std::vector<DesiredEntry>& entries, const std::function<bool(const std::string&)>& live_has)
        : live_has_(live_has) {
        for (const auto& [file, entry] : entries) names_[entry->name].push_back({file, entry});
    }

    CrossCheck check() {
        duplicates();
        circles();
        while (missing_sources()) {
        }
        std::stable_sort(result_.findings.begin(), result_.findings.end(),
                         [](const Finding& a, const Finding& b) { return a.place < b.place; });
        return std::move(result_);
    }

private:
    void add(const Declared& declared, Severity severity, std::string message, std::string hint) {
        result_.findings.push_back(
            {severity, declared.place(), std::move(message), std::move(hint), "", declared.entry->name});
    }

    void duplicates() {
        for (const auto& [name, declared] : names_) {
            if (declared.size() < 2) continue;
            result_.invalid.insert(name);
            for (std::size_t i = 0; i < declared.size(); ++i) {
                const auto& other = declared[i == 0 ? 1 : 0];
                const auto more = declared.size() > 2 ? " and " + std::to_string(declared.size() - 2) + " more" : "";
                add(declared[i], Severity::error,
                    "name \"" + name + "\" stands also in " + to_text(other.place()) + more,
                    "keep one of them; none of them counts until then");
            }
        }
    }

    const std::vector<std::string>* sources_of(const std::string& name) const {
        const auto found = names_.find(name);
        return found == names_.end() || found->second.size() != 1 ? nullptr : &found->second.front().entry->sources;
    }

    // Walks along sources, without recursion: a chain can be as long as the tree has files.
    void circles() {
        std::map<std::string, int> state; // 1: on the way, 2: done
        for (const auto& [start, declared] : names_) {
            if (sources_of(start) == nullptr || sources_of(start)->empty() || state[start] != 0) continue;
            std::vector<std::pair<std::string, std::size_t>> way{{start, 0}};
            state[start] = 1;
            while (!way.empty()) {
                const std::string name = way.back().first;
                const auto* sources = sources_of(name);
                if (sources == nullptr || way.back().second >= sources->size()) {
                    state[name] = 2;
                    way.pop_back();
                    continue;
                }
                const std::string& next = (*sources)[way.back().second++];
                if (sources_of(next) == nullptr || state[next] == 2) continue;
                if (state[next] == 1) {
                    circle(way, next);
                    continue;
                }
                state[next] = 1;
                way.emplace_back(next, 0);
            }
        }
    }

    void circle(const std::vector<std::pair<std::string, std::size_t>>& way, const std::string& back_to) {
        auto from = std::find_if(way.begin(), way.end(), [&](const auto& step) { return step.first == back_to; });
        std::string text;
        std::size_t shown = 0;
        for (auto step = from; step != way.end(); ++step) {
            if (++shown <= 8) text += step->first + " -> ";
        }
        if (shown > 8) text += "... -> ";
        text += back_to;
        for (; from != way.end(); ++from) {
            if (result_.invalid.insert(from->first).second) {
                add(names_.at(from->first).front(), Severity::error,
                    "virtual servers name each other in a circle: " + text, "take one of them out");
            }
        }
    }

    // One round; true where it found something that may break others.
    bool missing_sources() {
        bool moved = false;
        for (const auto& [name, declared] : names_) {
            if (declared.size() != 1 || result_.invalid.contains(name) || reported_.contains(name)) continue;
            for (const auto& source : declared.front().entry->sources) {
                const bool in_git = names_.contains(source);
                if (in_git && !result_.invalid.contains(source)) continue;
                if (live_has_ && live_has_(source)) continue;
                const std::string what = in_git ? "source \"" + source + "\" is not valid in git"
                                                : "source \"" + source + "\" is not in git";
                reported_.insert(name);
                if (!live_has_ && !in_git) {
                    add(declared.front(), Severity::warning, what + "; whether it is live was not asked", "");
                    continue;
                }
                add(declared.front(), Severity::error, what + (live_has_ ? ", nor live" : ""),
                    in_git ? "mend that manifest first" : "add its manifest, or mend the name");
                result_.invalid.insert(name);
                moved = true;
            }
        }
        return moved;
    }

    const std::function<bool(const std::string&)>& live_has_;
    std::map<std::string, std::vector<Declared>> names_;
    std::set<std::string> reported_;
    CrossCheck result_;
};

} // namespace

CrossCheck cross_check(const std::vector<DesiredEntry>& entries,
                       const std::function<bool(const std::string&)>& live_has) {
    return Checker(entries, live_has).check();
}

CrossCheck cross_check(const std::vector<FileIndex>& files, const std::function<bool(const std::string&)>& live_has) {
    std::vector<DesiredEntry> entries;
    for (const auto& file : files) {
        for (const auto& entry : file.entries) entries.push_back({&file, &entry});
    }
    return cross_check(entries, live_has);
}

} // namespace kedge
