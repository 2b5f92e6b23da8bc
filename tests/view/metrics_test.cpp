#include "view/metrics.h"

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>
#include <regex>
#include <set>
#include <sstream>

using namespace kedge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

std::vector<UnitStatus> one_unit() {
    UnitStatus status;
    status.unit = "tools";
    status.state = UnitState::in_sync;
    status.drifted = 2;
    status.last_success = 1'800'000'000;
    return {status};
}

std::string text_of_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(std::string(KEDGE_SOURCE_DIR) + path).rdbuf();
    return text.str();
}

std::set<std::string> names_in(const std::string& text) {
    std::set<std::string> names;
    const std::regex name("(kedge|process)_[a-z_]*[a-z]");
    for (auto at = std::sregex_iterator(text.begin(), text.end(), name); at != std::sregex_iterator(); ++at) {
        if (at->str() != "kedge_version") names.insert(at->str());
    }
    return names;
}

// Of all that can be asked for: names, and the parts of histograms.
std::set<std::string> rendered() {
    std::set<std::string> names;
    std::istringstream text(metrics_text({}, {}, "1"));
    for (std::string line; std::getline(text, line);) {
        if (!line.starts_with("# TYPE ")) continue;
        std::istringstream words(line.substr(7));
        std::string name, type;
        words >> name >> type;
        names.insert(name);
        if (type != "histogram") continue;
        for (const char* part : {"_bucket", "_sum", "_count"}) names.insert(name + part);
    }
    return names;
}

} // namespace

TEST(metrics, show_numbers_with_their_labels) {
    Counters counters;
    counters.passes.add({"tools", "ok"});
    counters.passes.add({"tools", "ok"});
    counters.pass_durations.add(Milliseconds(300));
    counters.pass_durations.add(Milliseconds(4'000'000));
    counters.queue_depth = 3;
    counters.longest_step = 0.0125;
    const auto text = metrics_text(counters, one_unit(), "1.2.3");
    for (const char* line :
         {"kedge_build_info{version=\"1.2.3\"} 1\n", "kedge_passes_total{unit=\"tools\",result=\"ok\"} 2\n",
          "# TYPE kedge_passes_total counter\n", "kedge_unit_drifted{unit=\"tools\"} 2\n",
          "kedge_unit_last_success_timestamp_seconds{unit=\"tools\"} 1800000000\n",
          "kedge_unit_in_sync{unit=\"tools\"} 1\n", "kedge_pass_duration_seconds_bucket{le=\"0.25\"} 0\n",
          "kedge_pass_duration_seconds_bucket{le=\"0.5\"} 1\n", "kedge_pass_duration_seconds_bucket{le=\"+Inf\"} 2\n",
          "kedge_pass_duration_seconds_sum 4000.3\n", "kedge_pass_duration_seconds_count 2\n", "kedge_queue_depth 3\n",
          "kedge_loop_longest_block_seconds 0.0125\n"})
        EXPECT_THAT(text, HasSubstr(line));
}

TEST(metrics, are_well_formed_whatever_a_label_holds) {
    Counters counters;
    counters.fetches.add({"a\"b\\c\nd\xff", "moved"});
    const auto text = metrics_text(counters, {}, "1");
    EXPECT_THAT(text, HasSubstr("kedge_fetches_total{source=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\",result=\"moved\"} 1\n"));
    const std::regex line(
        R"re((# (HELP|TYPE) [a-z_]+ .+)|([a-z_]+(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*\})? [-+.e0-9]+))re");
    std::istringstream lines(text);
    for (std::string one; std::getline(lines, one);) EXPECT_TRUE(std::regex_match(one, line)) << one;
}

TEST(metrics, are_named_by_convention) {
    std::istringstream text(metrics_text({}, {}, "1"));
    for (std::string line; std::getline(text, line);) {
        if (!line.starts_with("# TYPE ")) continue;
        const bool counter = line.ends_with(" counter");
        EXPECT_EQ(line.find("_total ") != std::string::npos, counter) << line;
    }
}

TEST(metrics, have_a_bounded_number_of_rows) {
    Tally tally(10);
    for (int i = 0; i < 1000; ++i) tally.add({"unit-" + std::to_string(i), "ok"});
    EXPECT_EQ(tally.rows().size(), 11u);
    EXPECT_EQ(tally.of({"other", "other"}), 990);
    tally.forget("unit-1");
    EXPECT_EQ(tally.of({"unit-1", "ok"}), 0);
    EXPECT_EQ(tally.rows().size(), 10u);
}

TEST(metrics, that_alerts_and_dashboard_ask_for_are_there) {
    const auto known = rendered();
    EXPECT_GT(known.size(), 25u);
    for (const char* path : {"/deploy/monitoring/alerts.yaml", "/deploy/monitoring/dashboard.json"}) {
        const auto asked = names_in(text_of_file(path));
        EXPECT_GT(asked.size(), 8u) << path;
        for (const auto& name : asked) EXPECT_TRUE(known.contains(name)) << path << ": " << name;
    }
}

TEST(metrics, are_all_on_the_dashboard) {
    const auto asked = names_in(text_of_file("/deploy/monitoring/dashboard.json"));
    std::istringstream text(metrics_text({}, {}, "1"));
    for (std::string line; std::getline(text, line);) {
        if (!line.starts_with("# TYPE ")) continue;
        const auto name = line.substr(7, line.find(' ', 7) - 7);
        EXPECT_TRUE(asked.contains(name) || asked.contains(name + "_bucket")) << name;
    }
}

TEST(metrics, are_all_in_the_documentation) {
    const auto named = names_in(text_of_file("/docs/api.md"));
    for (const auto& name : rendered()) {
        const bool part = name.ends_with("_bucket") || name.ends_with("_sum") || name.ends_with("_count");
        EXPECT_TRUE(part || named.contains(name)) << name;
    }
}
