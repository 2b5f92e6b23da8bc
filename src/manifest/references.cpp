#include "manifest/references.h"

#include "manifest/yaml.h"

#include <algorithm>
#include <map>

namespace kedge {

namespace {

constexpr std::size_t most_pointed = 100;

Place place_of_entry(const DesiredEntry& declared) {
    return {declared.file->path, declared.entry->line, 0};
}

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
        std::stable_sort(found_.begin(), found_.end(),
                         [](const Found& a, const Found& b) { return a.finding.place < b.finding.place; });
        for (auto& found : found_) {
            result_.findings.push_back(std::move(found.finding));
            result_.spots.push_back(std::move(found.spot));
        }
        return std::move(result_);
    }

private:
    struct Found {
        Finding finding;
        Spot spot;
    };

    void add(Spot spot, Severity severity, std::string message, std::string hint) {
        Finding finding{severity, spot.place(), std::move(message), std::move(hint), "", spot.declared.entry->name};
        found_.push_back({std::move(finding), std::move(spot)});
    }

    void duplicates() {
        for (const auto& [name, declared] : names_) {
            if (declared.size() < 2) continue;
            result_.invalid.insert(name);
            for (std::size_t i = 0; i < declared.size(); ++i) {
                const auto& other = declared[i == 0 ? 1 : 0];
                const auto more = declared.size() > 2 ? " and " + std::to_string(declared.size() - 2) + " more" : "";
                add({declared[i], "", other}, Severity::error,
                    "name \"" + name + "\" stands also in " + to_text(place_of_entry(other)) + more,
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
            Way way{{start, 0}};
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

    using Way = std::vector<std::pair<std::string, std::size_t>>;

    // The source by which the circle goes on.
    static std::string next_in(const Way& way, Way::const_iterator step, const std::string& back_to) {
        return step + 1 == way.end() ? back_to : (step + 1)->first;
    }

    void circle(const Way& way, const std::string& back_to) {
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
                add({names_.at(from->first).front(), next_in(way, from, back_to), std::nullopt}, Severity::error,
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
                    add({declared.front(), source, std::nullopt}, Severity::warning,
                        what + "; whether it is live was not asked", "");
                    continue;
                }
                add({declared.front(), source, std::nullopt}, Severity::error, what + (live_has_ ? ", nor live" : ""),
                    in_git ? "mend that manifest first" : "add its manifest, or mend the name");
                result_.invalid.insert(name);
                moved = true;
            }
        }
        return moved;
    }

    const std::function<bool(const std::string&)>& live_has_;
    std::map<std::string, std::vector<DesiredEntry>> names_;
    std::set<std::string> reported_;
    std::vector<Found> found_;
    CrossCheck result_;
};

// Where a manifest says its name, or names the source.
Place place_of_spot(const YamlDocument& document, const Spot& spot) {
    if (spot.source.empty()) return place_of(document, "/name");
    const auto servers = document.value.is_object() ? document.value.find("servers") : document.value.end();
    if (servers == document.value.end() || !servers->is_array()) return place_of(document, "");
    for (std::size_t i = 0; i < servers->size(); ++i) {
        const auto& server = (*servers)[i];
        if (server.is_object() && server.contains("name") && server["name"] == spot.source)
            return place_of(document, "/servers/" + std::to_string(i) + "/name");
    }
    return place_of(document, "/servers");
}

// Nothing where the text is not the one that the index was made from.
std::optional<Place> place_in(const YamlFile& file, const Spot& spot) {
    const auto document = static_cast<std::size_t>(spot.declared.entry->document);
    if (document >= file.documents.size()) return std::nullopt;
    return place_of_spot(file.documents[document], spot);
}

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

std::vector<const FileIndex*> files_to_read(const CrossCheck& check) {
    std::map<std::string, const FileIndex*> files;
    for (std::size_t i = 0; i < std::min(check.spots.size(), most_pointed); ++i) {
        const auto& spot = check.spots[i];
        files.emplace(spot.declared.file->path, spot.declared.file);
        if (spot.other) files.emplace(spot.other->file->path, spot.other->file);
    }
    std::vector<const FileIndex*> all;
    for (const auto& [path, file] : files) all.push_back(file);
    return all;
}

void point_at_lines(CrossCheck& check, const std::map<std::string, std::string>& texts) {
    std::map<std::string, YamlFile> files;
    for (const auto& [path, text] : texts) files.emplace(path, parse_yaml(path, text));
    for (std::size_t i = 0; i < std::min(check.spots.size(), most_pointed); ++i) {
        auto& finding = check.findings[i];
        const auto& spot = check.spots[i];
        const auto file = files.find(spot.declared.file->path);
        if (file == files.end()) continue;
        if (const auto place = place_in(file->second, spot)) {
            finding.place = *place;
            finding.excerpt = excerpt_of(texts.at(file->first), *place);
        }
        if (!spot.other) continue;
        const auto other = files.find(spot.other->file->path);
        const auto there = other == files.end() ? std::nullopt : place_in(other->second, {*spot.other, "", {}});
        const auto before = to_text(place_of_entry(*spot.other));
        const auto at = finding.message.find(before);
        if (there && at != std::string::npos)
            finding.message.replace(at, before.size(), to_text(Place{there->file, there->line, 0}));
    }
}

} // namespace kedge
