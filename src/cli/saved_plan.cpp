#include "cli/saved_plan.h"

#include "base/failure.h"
#include "view/plan_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>

namespace kedge {

namespace {

constexpr std::uintmax_t most_bytes = 512ULL << 20;

std::string text_of(const std::string& file, std::size_t most) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw Failure(NextAction::stop, "saved plan: read \"" + file + "\": no such file");
    std::string text(most, '\0');
    in.read(text.data(), static_cast<std::streamsize>(most));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

// Why a change of the file is not the one that is planned now.
std::string what_moved(const Change& saved, const Change* now) {
    if (now == nullptr) return "there is nothing to do about it any more";
    if (now->action != saved.action)
        return "it would be a " + std::string(to_text(now->action)) + " now, not a " +
               std::string(to_text(saved.action));
    const bool git = now->desired != saved.desired;
    const bool live = now->live != saved.live;
    if (git && live) return "git and the control plane moved since";
    if (git) return "git moved since";
    return live ? "the control plane moved since" : "the secret moved since";
}

} // namespace

void save_plans(const std::string& file, const std::vector<const Plan*>& plans) {
    const auto text = plan_file(plans);
    const auto temporary = file + ".new";
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    std::error_code error;
    if (out) std::filesystem::rename(temporary, file, error);
    if (!out || error)
        throw Failure(NextAction::stop,
                      "saved plan: write \"" + file + "\": the file cannot be written; nothing was saved");
}

std::vector<Plan> load_plans(const std::string& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (!error && size > most_bytes)
        throw Failure(NextAction::stop, "saved plan: read \"" + file + "\": larger than 512 MiB");
    try {
        return read_plan_file(text_of(file, error ? 0 : static_cast<std::size_t>(size)));
    } catch (const std::invalid_argument& reason) {
        throw Failure(NextAction::stop,
                      "saved plan: read \"" + file + "\": " + reason.what() + "; `kedge plan --out FILE` saves one");
    }
}

bool is_saved_plan(const std::string& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return false;
    return is_plan_file(text_of(file, 64));
}

SavedFit keep_only_saved(Plan& plan, const std::vector<Plan>& saved, const Selection& selection) {
    SavedFit fit;
    std::set<Digest> digests;
    std::map<std::string, const Change*> by_name;
    for (const auto& change : plan.changes) by_name.emplace(change.name, &change);
    for (const auto& one : saved) {
        if (one.installation != plan.installation || one.unit != plan.unit || one.target.key() != plan.target.key())
            continue;
        for (const auto& change : one.changes) {
            if (!change.runs()) continue;
            const auto now = by_name.find(change.name);
            const auto* current = now == by_name.end() ? nullptr : now->second;
            if (current == nullptr && !selection.takes(change.name, change.type, change.place.file)) {
                ++fit.not_selected;
                continue;
            }
            ++fit.saved;
            if (current != nullptr && current->digest == change.digest) {
                digests.insert(change.digest);
                ++fit.fitting;
            } else {
                fit.moved.push_back(change.name + ": not carried out: " + what_moved(change, current));
            }
        }
    }
    std::erase_if(plan.changes, [&](const Change& change) { return !digests.contains(change.digest); });
    plan.digest = plan_digest(plan.changes);
    return fit;
}

} // namespace kedge
