#include "main/unit_folders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

UnitEntry entry() {
    UnitEntry entry;
    entry.settings.us = {"prod", "tools"};
    entry.settings.interval = Milliseconds(7000);
    entry.source = "platform";
    entry.path = "teams/*";
    entry.place = {"kedge.yaml", 12, 5};
    return entry;
}

} // namespace

TEST(unit_folders, each_folder_is_a_unit_with_the_settings_of_the_entry) {
    ASSERT_TRUE(entry().is_for_each_folder());
    const auto expanded = expand_unit(entry(), {"teams/payments", "teams/search"}, {});
    EXPECT_THAT(expanded.findings, IsEmpty());
    ASSERT_EQ(expanded.units.size(), 2U);
    EXPECT_EQ(expanded.units[0].settings.us.installation, "prod");
    EXPECT_EQ(expanded.units[0].settings.us.unit, "tools-payments");
    EXPECT_EQ(expanded.units[0].path, "teams/payments");
    EXPECT_EQ(expanded.units[1].settings.interval, Milliseconds(7000));
    EXPECT_FALSE(expanded.units[1].is_for_each_folder());
}

TEST(unit_folders, a_folder_whose_name_makes_no_unit_name_is_a_finding_that_names_it) {
    const auto expanded = expand_unit(entry(), {"teams/Payments", "teams/" + std::string(40, 'x'), "teams/ok"}, {});
    EXPECT_EQ(expanded.units.size(), 1U);
    ASSERT_EQ(expanded.findings.size(), 2U);
    EXPECT_EQ(to_text(expanded.findings[0].place), "kedge.yaml:12:5");
    EXPECT_EQ(expanded.findings[0].message,
              "unit \"tools\": folder \"teams/Payments\": \"tools-Payments\" is no name of a unit");
}

TEST(unit_folders, a_name_that_another_unit_has_is_a_finding) {
    const auto expanded = expand_unit(entry(), {"teams/search"}, {"tools-search"});
    EXPECT_THAT(expanded.units, IsEmpty());
    ASSERT_EQ(expanded.findings.size(), 1U);
    EXPECT_THAT(expanded.findings[0].message, HasSubstr("there is a unit named \"tools-search\" already"));
}

TEST(unit_folders, one_of_them_can_be_chosen_alone) {
    auto some = entry();
    some.chosen = false;
    some.chosen_names = {"tools-search"};
    const auto expanded = expand_unit(some, {"teams/payments", "teams/search"}, {});
    ASSERT_EQ(expanded.units.size(), 2U);
    EXPECT_FALSE(expanded.units[0].chosen);
    EXPECT_TRUE(expanded.units[1].chosen);
}
