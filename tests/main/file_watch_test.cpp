#include "main/file_watch.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

using namespace kedge;

namespace {

class Watched : public testing::Test {
protected:
    Watched() {
        std::string name = (std::filesystem::temp_directory_path() / "kedge-watch-XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~Watched() override { std::filesystem::remove_all(folder); }
    std::string write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((folder / name).parent_path());
        std::ofstream(folder / name, std::ios::trunc) << text;
        return (folder / name).string();
    }
    std::filesystem::path folder;
};

} // namespace

TEST_F(Watched, a_file_that_is_written_made_or_taken_away_is_seen_once) {
    const auto settings = write("kedge.yaml", "a");
    const auto token = (folder / "token").string();
    FileWatch watch({settings, token});
    EXPECT_EQ(watch.moved(), "");
    write("kedge.yaml", "another length");
    EXPECT_EQ(watch.moved(), settings);
    EXPECT_EQ(watch.moved(), "");
    write("token", "t");
    EXPECT_EQ(watch.moved(), token);
    std::filesystem::remove(token);
    EXPECT_EQ(watch.moved(), token);
    EXPECT_EQ(watch.moved(), "");
}

TEST_F(Watched, what_moved_while_it_was_read_is_seen_afterwards) {
    const auto settings = write("kedge.yaml", "a");
    const auto token = write("token", "t");
    FileWatch watch({settings});
    write("kedge.yaml", "longer"); // after it was read, before all of it is watched
    watch.watch({settings, token});
    EXPECT_EQ(watch.moved(), settings);
    EXPECT_EQ(watch.moved(), "");
}

TEST_F(Watched, a_folder_is_what_its_entries_are) {
    write("conf.d/a.yaml", "a");
    const auto included = (folder / "conf.d").string();
    FileWatch watch({included});
    write("conf.d/b.yaml", "b");
    EXPECT_EQ(watch.moved(), included);
    write("conf.d/a.yaml", "longer");
    EXPECT_EQ(watch.moved(), included);
    EXPECT_EQ(watch.moved(), "");
}

TEST_F(Watched, a_link_that_leads_elsewhere_is_seen) {
    write("first/token", "a");
    write("second/token", "a");
    std::filesystem::create_symlink(folder / "first", folder / "..data");
    const auto token = (folder / "..data" / "token").string();
    FileWatch watch({token});
    std::filesystem::create_symlink(folder / "second", folder / "next");
    std::filesystem::rename(folder / "next", folder / "..data");
    EXPECT_EQ(watch.moved(), token) << "as a volume of Kubernetes does it";
}
