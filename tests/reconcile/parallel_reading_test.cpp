// Manifests are read on several threads: nothing of the result may depend on it. The thread sanitizer runs this one
// too (script/tsan).
#include "dialect/dialects.h"
#include "io/run.h"
#include "reconcile/desired_state.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

constexpr int files = 600; // more slices than threads

std::string manifest(int i) {
    const auto name = "server-" + std::to_string(i);
    if (i % 50 == 7) return "type: mcp-server/remote\nname: " + name + "\nurl: http://10.0.0.1/mcp\n";
    return "type: mcp-server/remote\nname: " + name +
           "\ndescription: " + std::string(static_cast<std::size_t>(i + 1), 'd') +
           "\nurl: https://a.example.com/mcp\nauth_data:\n  type: header\n  auth_level: global\n  headers:\n    "
           "Authorization: Bearer ${env:SHARED}\ncollaborators: []\n";
}

class ManyFiles final : public Source {
public:
    Task<Snapshot> fetch() override {
        Snapshot snapshot;
        snapshot.revision.id = "one";
        for (int i = 0; i < files; ++i) {
            FileEntry entry;
            entry.path = std::to_string(1000 + i) + ".yaml";
            entry.blob_id = std::to_string(i);
            snapshot.files.push_back(std::move(entry));
        }
        co_return snapshot;
    }
    Task<std::vector<BlobText>> read(const Snapshot&, std::vector<FileEntry> wanted) override {
        std::vector<BlobText> texts;
        for (const auto& file : wanted) texts.push_back({file.path, file.blob_id, manifest(std::stoi(file.blob_id))});
        co_return texts;
    }
    Task<std::map<std::string, CommitReference>> causes(const Snapshot&, std::string,
                                                        std::vector<std::string>) override {
        std::map<std::string, CommitReference> none;
        co_return none;
    }
};

struct Reading {
    explicit Reading(std::size_t threads) : pool(threads) {
        settings.seal_key = Secret("a key of the tests");
        settings.secrets = {"env:SHARED"};
        desired.emplace(settings, *dialect, source, pool);
        run_to_end(loop, desired->refresh({}, [](const IndexEntry& entry) { return !entry.name.ends_with('5'); }));
    }
    EventLoop loop;
    Worker pool;
    UnitSettings settings;
    std::unique_ptr<Dialect> dialect = make_dialect("truefoundry", DialectOptions{});
    ManyFiles source;
    std::optional<DesiredState> desired;
};

} // namespace

TEST(parallel_reading, gives_what_one_thread_gives) {
    Reading one(1);
    Reading four(4);
    EXPECT_EQ(one.desired->files(), four.desired->files());
    EXPECT_EQ(one.desired->findings(), four.desired->findings());
    EXPECT_EQ(four.desired->entries().size(), static_cast<std::size_t>(files - files / 50));
    EXPECT_EQ(four.desired->findings().size(), 3U * files / 50) << "two fields are missing, and a host is forbidden";
    const auto documents = run_to_end(four.loop, four.desired->documents(four.desired->entries()));
    EXPECT_EQ(documents.size(), four.desired->entries().size());
}
