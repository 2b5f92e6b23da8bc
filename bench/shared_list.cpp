// Measures what the units of a target share: memory of 50,000 rows on 5 targets, the first list, a list in which
// nothing moved, and what a unit of 100 rows takes of it. No control plane: rows are made here.
#include "base/json.h"
#include "dialect/dialect.h"
#include "io/run.h"
#include "provider/shared_list_provider.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <sys/resource.h>

namespace {

using namespace kedge;

constexpr int targets = 5;
constexpr int rows_each = 10'000;
constexpr int rows_of_a_unit = 100;

std::string row(int number) {
    Json tools = Json::array();
    for (int i = 0; i < 8; ++i)
        tools.push_back({{"name", "tool-" + std::to_string(i)},
                         {"description", "Tool " + std::to_string(i) + " of server " + std::to_string(number) +
                                             ", kept short on purpose"}});
    const auto name = "bench-" + std::to_string(1'000'000 + number);
    const Json document = {
        {"id", "mcp-" + std::to_string(90'000'000'000LL + number * 7919LL)},
        {"name", name},
        {"updatedAt", "2026-03-01T12:00:00." + std::to_string(100 + number % 900) + "Z"},
        {"manifest",
         {{"type", "mcp-server/remote"},
          {"name", name},
          {"description", "Server " + std::to_string(number) + " of the benchmark, with a description of usual length"},
          {"url", "https://server-" + std::to_string(number) + ".example.com/mcp"},
          {"tool_metadata", tools},
          {"tags", {{"team", "team-" + std::to_string(number % 40)}, {"kedge", "bench.unit-1.0a1b2c3d"}}}}}};
    return document.dump();
}

class Lister final : public Provider {
public:
    explicit Lister(int first) {
        for (int i = 0; i < rows_each; ++i) numbers_.push_back(first + i);
    }
    const Dialect& dialect() const override { std::abort(); }
    Task<Answer> list(RowSink sink) override {
        sink.begin();
        for (std::size_t i = 0; i < numbers_.size(); ++i) {
            sink.row(row(numbers_[i]));
            if (i % 1000 == 999) co_await sink.page();
        }
        Answer answer = Done{};
        co_return answer;
    }
    Task<Answer> perform(Operation, std::vector<SecretReference>) override { std::abort(); }
    RequestCounts counts() const override { return {}; }

private:
    std::vector<int> numbers_;
};

double cpu_ms() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto ms = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
    };
    return ms(usage.ru_utime) + ms(usage.ru_stime);
}

double resident_mib() {
    std::ifstream file("/proc/self/statm");
    double all = 0;
    double resident = 0;
    file >> all >> resident;
    return resident * 4096 / 1048576;
}

RowKey key_of(std::string_view raw) {
    const auto json = parse_json(raw);
    RowKey key;
    key.name = json.at("name").get<std::string>();
    key.remote_id = json.at("id").get<std::string>();
    key.marker = json.at("manifest").at("tags").at("kedge").get<std::string>();
    return key;
}

} // namespace

int main() {
    EventLoop loop;
    ManualClock clock;
    Worker pool;
    std::vector<std::unique_ptr<Lister>> listers;
    std::vector<std::unique_ptr<SharedList>> lists;
    std::printf("one row: %zu bytes\n", row(1).size());
    const auto list_all = [&](const char* what) {
        const auto before = cpu_ms();
        for (auto& list : lists) {
            SharedList::Wanted wanted;
            wanted.after = list->started();
            run_to_end(loop, list->get(wanted));
        }
        std::printf("%s: %.1f ms CPU a list of %d rows, of which the rows themselves took a part; %.0f MiB\n", what,
                    (cpu_ms() - before) / targets, rows_each, resident_mib());
    };
    const auto before = cpu_ms();
    std::size_t bytes = 0;
    for (int i = 0; i < rows_each; ++i) bytes += row(i).size();
    std::printf("making %d rows: %.1f ms CPU (%zu bytes); %.0f MiB\n", rows_each, cpu_ms() - before, bytes,
                resident_mib());
    for (int target = 0; target < targets; ++target) {
        listers.push_back(std::make_unique<Lister>(target * rows_each));
        lists.push_back(std::make_unique<SharedList>(*listers.back(), clock, pool, key_of));
    }
    list_all("first list");
    list_all("nothing moved");
    list_all("once more");
    SharedListProvider unit(*listers[0], *lists[0], clock, Milliseconds(60000));
    constexpr int passes = 100;
    std::size_t taken = 0;
    const auto begun = cpu_ms();
    for (int pass = 0; pass < passes; ++pass) {
        int place = 0;
        RowSink sink;
        sink.use = [&](const RowKey&) { return place++ < rows_of_a_unit ? RowUse::whole : RowUse::none; };
        sink.row = [&](std::string_view raw) { taken += raw.size(); };
        run_to_end(loop, unit.list(std::move(sink)));
    }
    std::printf("a unit takes %d of %d rows: %.2f ms CPU (%zu bytes)\n", rows_of_a_unit, rows_each,
                (cpu_ms() - begun) / passes, taken / passes);
    return 0;
}
