// Settings in more than one file: `include`.
#include "main/settings.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

const std::string head = "version: 1\ninstallation: prod\nstore: ./store\ninclude: conf.d\n";
const std::string source = "sources:\n  manifests: {git: \"https://git.example.com/platform.git\"}\n";
const std::string target =
    "targets:\n  tfy: {provider: truefoundry, url: \"https://acme.truefoundry.cloud\", token: \"${file:run/token}\"}\n";

std::string unit(const std::string& name) {
    return "units:\n  - {name: " + name + ", source: manifests, target: tfy, changes: apply, drift: report}\n";
}

LoadedSettings load(const std::string& main, std::vector<SettingsFolder::File> files, std::string problem = {}) {
    return load_settings("/etc/kedge/kedge.yaml", main, [&](const std::string& folder) {
        EXPECT_EQ(folder, "/etc/kedge/conf.d");
        return SettingsFolder{files, problem};
    });
}

std::vector<std::string> mistakes(const LoadedSettings& loaded) {
    std::vector<std::string> all;
    for (const auto& finding : loaded.findings)
        all.push_back(to_text(finding.place) + " " + finding.message +
                      (finding.hint.empty() ? "" : "; " + finding.hint));
    return all;
}

} // namespace

TEST(settings_include, files_may_hold_what_the_first_one_lacks_and_name_each_others_parts) {
    const auto loaded = load(head, {{"conf.d/a.yaml", unit("tools")}, {"conf.d/b.yaml", source + target}});
    EXPECT_THAT(mistakes(loaded), IsEmpty());
    ASSERT_EQ(loaded.settings.units.size(), 1U);
    EXPECT_EQ(loaded.settings.units[0].settings.target_url, "https://acme.truefoundry.cloud");
    EXPECT_EQ(to_text(loaded.settings.units[0].place), "conf.d/a.yaml:2:5");
    EXPECT_EQ(loaded.settings.targets.at("tfy").credentials.at("token").name, "/etc/kedge/run/token")
        << "relative to kedge.yaml in every file";
}

TEST(settings_include, a_name_that_stands_twice_is_told_both_places) {
    const auto loaded =
        load(head + source + target + unit("tools"),
             {{"conf.d/a.yaml", unit("tools")}, {"conf.d/b.yaml", "sources:\n  manifests: {folder: /x}\n"}});
    const auto all = mistakes(loaded);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_THAT(all[0], HasSubstr("conf.d/b.yaml:2"));
    EXPECT_THAT(all[0], HasSubstr("two sources are named \"manifests\"; the first is in /etc/kedge/kedge.yaml:6"));
    EXPECT_THAT(all[1], HasSubstr("conf.d/a.yaml:2"));
    EXPECT_THAT(all[1], HasSubstr("two units are named \"tools\"; the first is in /etc/kedge/kedge.yaml:10"));
}

TEST(settings_include, every_mistake_stands_in_its_own_file) {
    const auto loaded =
        load(head + source + target, {{"conf.d/a.yaml", "store: elsewhere\n" + unit("tools")},
                                      {"conf.d/b.yaml", "units: [\n"},
                                      {"conf.d/c.yaml", "units:\n  - {name: x, source: nosuch, target: tfy, "
                                                        "changes: apply, drift: report}\n"}});
    const auto all = mistakes(loaded);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_THAT(all[0], HasSubstr("conf.d/a.yaml:1:1 unknown key \"store\""));
    EXPECT_THAT(all[1], HasSubstr("conf.d/b.yaml:"));
    EXPECT_THAT(all[2], HasSubstr("conf.d/c.yaml:2:"));
    EXPECT_THAT(all[2], HasSubstr("there is no source named \"nosuch\""));
}

TEST(settings_include, a_folder_that_cannot_be_read_is_a_mistake_of_the_key) {
    const auto loaded = load(head + source + target + unit("tools"), {}, "the folder cannot be read");
    EXPECT_THAT(mistakes(loaded), ElementsAre(HasSubstr("/etc/kedge/kedge.yaml:4:")));
}

TEST(settings_include, no_unit_anywhere_is_a_mistake) {
    const auto loaded = load(head + source + target, {});
    EXPECT_THAT(mistakes(loaded), ElementsAre(HasSubstr("there is no unit, here or in the files of \"include\"")));
}

TEST(settings_include, without_it_the_three_parts_are_required) {
    const auto loaded = load("version: 1\ninstallation: prod\nstore: ./store\n", {});
    EXPECT_EQ(loaded.findings.size(), 3U);
}

TEST(settings_include, reads_yaml_files_in_the_order_of_their_names) {
    const auto folder = std::filesystem::temp_directory_path() / ("kedge-conf-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    for (const auto* name : {"b.yaml", "a.yml", ".hidden.yaml", "notes.txt"}) std::ofstream(folder / name) << name;
    const auto read = read_settings_folder(folder.string());
    EXPECT_THAT(read.problem, IsEmpty());
    ASSERT_EQ(read.files.size(), 2U);
    EXPECT_EQ(read.files[0].text, "a.yml");
    EXPECT_EQ(read.files[1].path, (folder / "b.yaml").string());
    std::ofstream(folder / "c.yaml") << std::string(2 << 20, 'x');
    EXPECT_THAT(read_settings_folder(folder.string()).problem, HasSubstr("is larger than 1 MiB"));
    std::filesystem::remove_all(folder);
    EXPECT_THAT(read_settings_folder(folder.string()).problem, HasSubstr("cannot be read: No such file"));
}
