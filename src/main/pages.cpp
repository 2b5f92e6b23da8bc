// kedge-pages FOLDER VERSION DATE: writes the manual pages and the completions there. Part of the build, not of what is
// installed.
#include "cli/completion.h"
#include "cli/manual_page.h"

#include <filesystem>
#include <fstream>
#include <iostream>

namespace {

bool write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file) std::cerr << "kedge-pages: write \"" << path.string() << "\": it cannot be written\n";
    return static_cast<bool>(file);
}

} // namespace

int main(int count, char** arguments) {
    if (count != 4) {
        std::cerr << "usage: kedge-pages FOLDER VERSION DATE\n";
        return 1;
    }
    const std::filesystem::path folder = arguments[1];
    const kedge::PageStamp stamp{arguments[2], arguments[3]};
    const auto table = kedge::command_table();
    bool written = write(folder / "man/kedge.1", kedge::manual_of_kedge(table, stamp));
    for (const auto& command : table.commands) {
        const auto page = kedge::manual_of_command(command, stamp);
        written = write(folder / ("man/kedge-" + command.name + ".1"), page) && written;
    }
    written = write(folder / "bash/kedge", kedge::bash_completion(table)) && written;
    written = write(folder / "zsh/_kedge", kedge::zsh_completion(table)) && written;
    written = write(folder / "fish/kedge.fish", kedge::fish_completion(table)) && written;
    return written ? 0 : 1;
}
