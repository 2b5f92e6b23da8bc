#include "view/plan_file.h"

#include "base/json.h"
#include "tests/view/samples.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

std::string reason(const std::string& text) {
    try {
        read_plan_file(text);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "read";
}

// The same text with a heading that fits it: what somebody who knows the format could write.
std::string with_heading_of(const std::string& file, const std::string& body) {
    return file.substr(0, file.find(':') + 1) + sha256(body).hex() + "\n" + body;
}

} // namespace

TEST(plan_file, gives_back_what_was_saved) {
    for (auto plan : {quiet_plan(), rich_plan()}) {
        plan.target.scope = "private";
        auto saved = plan;
        for (auto& change : saved.changes) {
            change.release_entry.clear(); // of the run that planned it, and the version of the row that it saw
            change.live_version.clear();
        }
        const auto read = read_plan_file(plan_file({&plan, &plan}));
        ASSERT_EQ(read.size(), 2U);
        EXPECT_EQ(read[0], saved);
        EXPECT_EQ(read[1], saved);
    }
}

TEST(plan_file, that_was_touched_cut_off_or_is_none_is_refused_with_the_reason) {
    const auto plan = rich_plan();
    const auto file = plan_file({&plan});
    EXPECT_EQ(reason(file + " "), "it was cut off or changed since it was saved");
    EXPECT_EQ(reason(file.substr(0, file.size() / 2)), "it was cut off or changed since it was saved");
    EXPECT_EQ(reason("{}"), "this is no saved plan of this kedge");
    EXPECT_EQ(reason(""), "this is no saved plan of this kedge");
    EXPECT_EQ(reason(with_heading_of(file, "{}")), "it does not hold what this kedge saves");
    EXPECT_EQ(reason(with_heading_of(file, "nonsense")), "no valid JSON at byte 2");
}

TEST(plan_file, hostile_values_are_refused_and_never_believed) {
    const auto plan = rich_plan();
    const auto file = plan_file({&plan});
    const auto body = Json::parse(file.substr(file.find('\n') + 1));
    for (const auto& [pointer, value] : {std::pair{"/plans/0/changes/0/action", Json(99)},
                                         {"/plans/0/changes/0/digest", Json("no digest")},
                                         {"/plans/0/changes/0/holds", Json(7)},
                                         {"/plans/0/changes/0/cause/kind", Json(-1)},
                                         {"/plans", Json::object()}}) {
        auto changed = body;
        changed[Json::json_pointer(pointer)] = value;
        const auto text = with_heading_of(file, changed.dump());
        EXPECT_NE(reason(text), "read") << pointer;
    }
}
