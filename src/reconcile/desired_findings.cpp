// The part of the index that judges what a unit's authors may point at and say, and shows the line that is meant.
#include "manifest/yaml.h"
#include "reconcile/desired_state.h"
#include "reconcile/networks.h"

#include <algorithm>

namespace kedge {

namespace {

// Each excerpt costs a walk through the file: only the first ones are quoted.
constexpr std::size_t most_quoted = 100;

std::string_view line_of(std::string_view text, int wanted) {
    for (int line = 1; line < wanted && !text.empty(); ++line) {
        const auto end = text.find('\n');
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return text.substr(0, text.find('\n'));
}

// Of a manifest only the lines are kept: the caret stands under the first thing in it.
void quote(Finding& finding, std::string_view text) {
    if (finding.place.line <= 0 || !finding.excerpt.empty()) return;
    if (finding.place.column <= 1) {
        const auto first = line_of(text, finding.place.line).find_first_not_of(" \t-");
        finding.place.column = first == std::string_view::npos ? 1 : static_cast<int>(first) + 1;
    }
    finding.excerpt = excerpt_of(text, finding.place);
}

} // namespace

std::vector<Finding> DesiredState::judge(const Resource& resource) const {
    auto found = judge_urls(resource, settings_.private_urls);
    auto breaches = judge_may(resource, settings_.may);
    found.insert(found.end(), std::make_move_iterator(breaches.begin()), std::make_move_iterator(breaches.end()));
    return found;
}

// What is wrong with a manifest in itself does not hide where it may not point. One complaint for each line is enough.
void DesiredState::judge_wrong(const LoadedFile& loaded, std::string_view text, FileIndex& index) const {
    for (const auto& resource : loaded.wrong) {
        if (!is_meant(resource.extension)) continue;
        auto problems = judge(resource);
        std::erase_if(problems, [&](const Finding& problem) {
            return std::any_of(loaded.findings.begin(), loaded.findings.end(), [&](const Finding& known) {
                return known.severity == Severity::error && known.place.line == problem.place.line;
            });
        });
        add_findings(index, std::move(problems), text);
    }
}

void DesiredState::add_findings(FileIndex& index, std::vector<Finding> findings, std::string_view text) {
    for (auto& finding : findings) {
        if (index.findings.size() < most_quoted) quote(finding, text);
        index.findings.push_back(std::move(finding));
    }
}

Task<void> DesiredState::point_at(CrossCheck& check) {
    std::vector<FileEntry> wanted;
    for (const auto* file : files_to_read(check)) {
        FileEntry entry;
        entry.path = file->path;
        entry.blob_id = file->blob_id;
        wanted.push_back(std::move(entry));
    }
    if (wanted.empty()) co_return;
    auto blobs = co_await source_.read(snapshot_, std::move(wanted));
    auto work = [&check, &blobs] {
        std::map<std::string, std::string> texts;
        for (auto& blob : blobs) texts.emplace(blob.path, std::move(blob.text));
        point_at_lines(check, texts);
    };
    co_await pool_.run(std::move(work));
}

} // namespace kedge
