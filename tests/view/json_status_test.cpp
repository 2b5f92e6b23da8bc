#include "view/json_status.h"

#include "tests/schema/fits.h"
#include "view/json_schema.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::IsEmpty;
using testing::Not;

namespace {

std::vector<std::string> problems(const std::string& name, const Json& printed) {
    auto definitions = report_schema()["$defs"];
    definitions.update(holds_schema()["$defs"]);
    definitions.update(status_definitions());
    const Json schema = {{"$ref", "#/$defs/" + name}, {"$defs", definitions}};
    return SchemaChecker(schema).problems(printed);
}

UnitStatus full() {
    UnitStatus status;
    status.unit = "tools";
    status.state = UnitState::failing;
    status.cause = "the forge is away \xff";
    status.stoppages = {{StoppageKind::freeze, "week", {"tools"}, "", "quiet", "ann", 1, 2},
                        {StoppageKind::pause, "", {"tools"}, "github", "deploy", "ann", 1, 0}};
    status.revision = {"abc", "main", "Title", "Ann", 1'800'000'000, "def"};
    status.plan = sha256("plan");
    status.last_pass = 1'800'000'000;
    return status;
}

} // namespace

TEST(json_status, fits_its_schema_full_and_empty) {
    ResourceStatus row;
    row.name = "github";
    row.place = {"mcp/github.yaml", 3, 1};
    row.drifted = true;
    row.drift_seen = 1'800'000'000;
    row.change = sha256("change");
    const Event event{7, 1'800'000'000, EventKind::stoppage, EventSeverity::warning, "tools", "p", "n", "d", "text"};
    for (const auto& status : {full(), UnitStatus()}) {
        EXPECT_THAT(problems("unit", unit_json(status)), IsEmpty());
        EXPECT_THAT(problems("units", units_json({status, status})), IsEmpty());
        EXPECT_THAT(problems("stoppages", stoppages_json(status.stoppages)), IsEmpty());
    }
    EXPECT_THAT(problems("resources", resources_json("tools", {row, ResourceStatus()})), IsEmpty());
    EXPECT_THAT(problems("events", events_json({event, Event()}, 7)), IsEmpty());
    EXPECT_THAT(problems("answer", answered_json("done", "it begins now")), IsEmpty());
    EXPECT_THAT(problems("version", version_json("1.2.3")), IsEmpty());
    EXPECT_THAT(problems("held", of_units_json("holds", {})), IsEmpty());
    EXPECT_THAT(problems("answer", answered_json("perhaps", "")), Not(IsEmpty()));
}

TEST(json_status, says_nothing_rather_than_something_empty) {
    const auto json = unit_json(UnitStatus())["unit"];
    for (const char* name : {"cause", "revision", "plan", "pass", "last_pass", "last_success", "next_pass"})
        EXPECT_TRUE(json[name].is_null()) << name;
    EXPECT_EQ(unit_json(full())["unit"]["revision"]["tip"], "def");
}
