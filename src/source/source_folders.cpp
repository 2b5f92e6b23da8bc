#include "source/source_folders.h"

#include "base/failure.h"
#include "base/glob.h"
#include "source/git_options.h"
#include "source/names.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace kedge {

namespace {

namespace files = std::filesystem;

struct Pattern {
    explicit Pattern(const std::string& text) {
        const auto path = normal_folder(text);
        const auto slash = path.rfind('/');
        if (slash != std::string::npos) above = path.substr(0, slash);
        name = slash == std::string::npos ? path : path.substr(slash + 1);
    }
    bool fits(const std::string& folder) const { return !folder.starts_with('.') && glob_match(name, folder); }
    std::string path_of(const std::string& folder) const { return above.empty() ? folder : above + "/" + folder; }

    std::string above;
    std::string name; // a glob
};

std::vector<std::string> fitting(const Pattern& pattern, const std::vector<std::string>& folders) {
    std::vector<std::string> fit;
    for (const auto& folder : folders) {
        if (pattern.fits(folder)) fit.push_back(pattern.path_of(folder));
    }
    std::sort(fit.begin(), fit.end());
    return fit;
}

} // namespace

Task<std::vector<std::string>> folders_in(GitRepository& repository, Milliseconds max_age, std::string pattern) {
    const Pattern wanted(pattern);
    const auto fetched = co_await repository.fetch(max_age);
    auto list = [&repository, &wanted, &fetched] { return repository.tree().folders(fetched.commit, wanted.above); };
    const auto folders = co_await repository.worker().run(std::move(list));
    co_return fitting(wanted, folders);
}

std::vector<std::string> folders_in(const std::string& root, const std::string& pattern) {
    const Pattern wanted(pattern);
    const auto above = files::path(root) / wanted.above;
    std::error_code error;
    std::vector<std::string> folders;
    for (files::directory_iterator entry(above, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code of_entry;
        if (entry->is_directory(of_entry)) folders.push_back(entry->path().filename().string());
    }
    if (error && error != std::errc::no_such_file_or_directory)
        throw Failure(NextAction::wait_for_change, "source: list the folders of \"" + shown_name(above.string()) +
                                                       "\": " + error.message() + "; let kedge's user read it");
    return fitting(wanted, folders);
}

} // namespace kedge
