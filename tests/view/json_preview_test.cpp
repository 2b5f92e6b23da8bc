// The published schema of previews says exactly what is printed.
#include "view/json_preview.h"

#include "preview_samples.h"
#include "tests/schema/fits.h"
#include "view/json_schema.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

std::vector<Preview> samples() {
    auto broken = quiet_preview();
    broken.units.clear();
    broken.tree.clear();
    broken.problem = "it comes from a fork";
    auto conflict = quiet_preview();
    conflict.conflicts = {"README.md"};
    conflict.pull.state = PullState::merged;
    return {rich_preview(), held_preview(),    ready_preview(), quiet_preview(), moved_preview(),
            away_preview(), hostile_preview(), broken,          conflict,        Preview()};
}

} // namespace

TEST(preview_json, is_what_its_schema_says) {
    const Json schema = preview_schema();
    SchemaChecker checker(schema);
    for (const auto& preview : samples()) {
        const auto document = preview_json(preview);
        EXPECT_THAT(checker.problems(document), IsEmpty()) << document["summary"];
        EXPECT_NO_THROW(static_cast<void>(document.dump())) << "valid UTF-8 whatever was read";
        auto wrong = document;
        wrong["verdict"] = "fine";
        EXPECT_THAT(checker.problems(wrong), Not(IsEmpty()));
    }
}

TEST(preview_json, a_list_tells_of_each_what_it_comes_to) {
    std::vector<std::shared_ptr<const Preview>> all;
    for (const auto& preview : samples()) all.push_back(std::make_shared<Preview>(preview));
    const auto document = previews_json(all);
    Json schema{{"$ref", "#/$defs/previews"}, {"$defs", preview_definitions()}};
    EXPECT_THAT(SchemaChecker(schema).problems(document), IsEmpty());
    EXPECT_EQ(document["previews"][0]["verdict"], "errors");
    EXPECT_EQ(document["previews"][3]["summary"], "Nothing to do");
}

TEST(preview_json, carries_its_markdown_for_the_summary_of_a_job) {
    const auto document = preview_json(held_preview(), "An estimate, not binding.");
    const auto markdown = document["markdown"].get<std::string>();
    EXPECT_THAT(markdown, HasSubstr("*An estimate, not binding.*"));
    EXPECT_THAT(markdown, HasSubstr("--because"));
    EXPECT_THAT(markdown, Not(HasSubstr("<!--")));
    EXPECT_EQ(document["status"]["state"], "success");
}

TEST(preview_json, its_parts_keep_out_of_the_way_of_those_of_the_daemon) {
    const auto plan = plan_schema().at("$defs");
    const auto ours = preview_definitions();
    for (const auto& item : plan.items()) EXPECT_EQ(ours.at(item.key()), item.value()) << item.key();
}
