// The published schemas say exactly what is printed: every name is known, every required name is there.
#include "view/json_schema.h"

#include "samples.h"
#include "tests/schema/fits.h"
#include "view/json_view.h"
#include "view/json_words.h"

#include <gmock/gmock.h>
#include <random>
#include <rapidcheck.h>
#include <set>

using namespace kedge;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;

namespace {

// A plan in which every value that may be absent is sometimes absent.
class RandomWorld {
public:
    explicit RandomWorld(std::uint64_t seed) : random_(seed) {}

    Plan plan() {
        Plan plan;
        plan.installation = text();
        plan.unit = text();
        plan.target = {text(), text(), text(), text()};
        plan.revision = {text(), text(), text(), text(), time()};
        for (int i = number(4); i > 0; --i) plan.changes.push_back(change());
        for (int i = number(3); i > 0; --i)
            plan.groups.push_back({any(HoldReason::loop), text(), digest(), number(9), flip()});
        for (int i = number(3); i > 0; --i)
            plan.budget.push_back({any(LimitKind::creates), number(9), number(9), number(9), number(9)});
        for (int i = number(3); i > 0; --i) plan.findings.push_back(finding());
        plan.counts.manifests = number(9);
        plan.live_only_names = {text(), text()};
        plan.prune = flip();
        plan.prune_off = text();
        plan.digest = digest();
        return plan;
    }

    Report report() {
        Report report;
        report.plan = plan();
        for (const auto& change : report.plan.changes)
            report.outcomes.push_back({change, any(Result::not_started), text(), text(), flip()});
        report.stopped = text();
        report.writes = number(9);
        report.took = Milliseconds(number(9));
        return report;
    }

    Explained explained() {
        Explained about;
        about.unit = text();
        about.name = text();
        for (int i = number(3); i > 0; --i) about.declared.push_back({"mcp/a.yaml", number(9), 0});
        about.lines = {{"/url", 3}};
        if (flip()) about.authors[3] = Commit{text(), text(), text(), time()};
        about.elsewhere = text();
        if (flip()) {
            about.live.emplace();
            about.live->remote_id = about.live->name = about.live->version = text();
            about.live->masked = flip();
            about.ownership = any(Ownership::other_installation);
        }
        if (flip()) {
            about.owned.emplace();
            about.owned->remote_id = about.owned->commit = text();
            about.owned->sent = digest();
            about.owned->undeclared = time();
        }
        if (flip()) about.change = change();
        if (about.change) about.change->differences.push_back({"url.path", DifferenceKind::changed, "1", "2"});
        if (flip()) about.findings.push_back(finding());
        return about;
    }

    std::vector<PassRecord> records() {
        std::vector<PassRecord> records;
        for (int i = number(3); i > 0; --i) {
            PassRecord record{number(9), time(), text(), text(), number(9), text(), {}};
            record.pass = record.subject = record.by = text();
            record.started = time();
            for (int c = number(3); c > 0; --c) record.changes.push_back(change_record());
            records.push_back(std::move(record));
        }
        return records;
    }

    ChangeRecord change_record() {
        ChangeRecord change{text(), text(), text(), text(), text(), text(), flip()};
        change.author = change.commit_title = change.pull_request = text();
        change.remote_id = text();
        change.released_by = {text(), text()};
        change.moved_after = time();
        change.moved_seen = time();
        change.moved.assign(static_cast<std::size_t>(number(3)), text());
        return change;
    }

    Finding finding() {
        return {flip() ? Severity::error : Severity::warning, place(), text(), text(), text(), text(), flip()};
    }

private:
    int number(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }
    bool flip() { return number(2) == 1; }
    std::string text() { return flip() ? std::string(static_cast<std::size_t>(number(3)), '\xff') + "text" : ""; }
    UnixSeconds time() { return flip() ? 1'800'000'000 + number(99) : 0; }
    Digest digest() { return flip() ? sha256(text()) : Digest(); }
    Place place() { return {text(), number(2), number(2)}; }
    template<class Enumeration>
    Enumeration any(Enumeration last) {
        return static_cast<Enumeration>(number(static_cast<int>(last) + 1));
    }

    Hold hold() {
        Hold hold;
        hold.reason = any(HoldReason::loop);
        hold.text = text();
        hold.way_out = text();
        if (flip()) hold.subjects = number(9);
        if (flip()) hold.until = time();
        hold.group = digest();
        return hold;
    }

    Change change() {
        Change change;
        change.action = any(Action::keep);
        change.name = text();
        change.type = text();
        change.remote_id = text();
        change.place = place();
        change.blob_id = text();
        change.document = number(3);
        change.desired = digest();
        change.live = digest();
        change.digest = digest();
        change.auth_change = flip();
        if (flip()) change.subjects = number(9);
        change.released = flip();
        change.at_most = number(3);
        for (int i = number(3); i > 0; --i)
            change.differences.push_back({text(), any(DifferenceKind::normalised), text(), text()});
        for (int i = number(3); i > 0; --i) change.holds.push_back(hold());
        if (!change.differences.empty() && flip()) change.differences[0].known = text();
        change.cause = {any(CauseKind::kedge_changed), {}, text(), {text()}, number(3), time(), time()};
        if (flip()) change.cause.commit = Commit{text(), text(), flip() ? "Mend it (#12)" : text(), time()};
        change.check = {any(CheckKind::refused), text(), place()};
        return change;
    }

    std::mt19937_64 random_;
};

std::vector<std::string> plan_problems(const Plan& plan) {
    const Json schema = plan_schema();
    return SchemaChecker(schema).problems(plan_json(plan));
}
std::vector<std::string> report_problems(const Report& report) {
    const Json schema = report_schema();
    return SchemaChecker(schema).problems(report_json(report));
}
std::vector<std::string> findings_problems(const std::vector<Finding>& findings) {
    Json schema = plan_schema();
    const Json own = schema["$defs"]["findings"];
    schema = {{"$defs", schema["$defs"]}, {"$ref", "#/$defs/findings"}};
    return SchemaChecker(schema).problems(findings_json(findings));
}

std::vector<std::string> problems(const Json& schema, const Json& printed) {
    return SchemaChecker(schema).problems(printed);
}

// Every object says which names it has, requires all of them and takes no other.
void expect_exact(const Json& schema, const std::string& at) {
    if (schema.is_object() && schema.contains("properties") && schema["properties"].is_object()) {
        std::set<std::string> names, required;
        for (const auto& [name, inner] : schema["properties"].items()) names.insert(name);
        for (const auto& name : schema["required"]) required.insert(name);
        EXPECT_EQ(names, required) << at;
        EXPECT_EQ(schema["additionalProperties"], false) << at;
    }
    if (!schema.is_structured()) return;
    for (const auto& [key, inner] : schema.items()) expect_exact(inner, at + "/" + key);
}

// An enumeration that grows must grow in the schema: whatever has a word of its own is in the list.
template<class Enumeration>
void expect_words(const Json& schema, const std::string& pointer) {
    const Json list = schema.at(Json::json_pointer(pointer))["enum"];
    const auto no_such = to_text(static_cast<Enumeration>(1000));
    for (int i = 0; i < 100; ++i) {
        const auto word = to_text(static_cast<Enumeration>(i));
        if (word == no_such) continue;
        EXPECT_THAT(list, Contains(Json(word))) << pointer;
    }
}

} // namespace

TEST(json_schema, the_samples_fit) {
    for (const auto& plan : {rich_plan(), first_plan(), quiet_plan(), hostile_plan()})
        EXPECT_THAT(plan_problems(plan), IsEmpty());
    EXPECT_THAT(report_problems(rich_report()), IsEmpty());
    EXPECT_THAT(findings_problems(many_findings()), IsEmpty());
}

TEST(json_schema, random_plans_and_reports_fit) {
    rc::check([](std::uint64_t seed) {
        RandomWorld world(seed);
        RC_ASSERT(plan_problems(world.plan()) == std::vector<std::string>());
        RC_ASSERT(report_problems(world.report()) == std::vector<std::string>());
        RC_ASSERT(findings_problems({world.finding(), world.finding()}) == std::vector<std::string>());
    });
}

TEST(json_schema, random_answers_fit) {
    const Json of_explain = explain_schema(), of_holds = holds_schema(), of_history = history_schema();
    rc::check([&](std::uint64_t seed) {
        RandomWorld world(seed);
        const auto explanation = explanation_json(world.explained(), world.records());
        RC_ASSERT(problems(of_explain, explanation) == std::vector<std::string>());
        RC_ASSERT(problems(of_holds, holds_json(world.plan())) == std::vector<std::string>());
        RC_ASSERT(problems(of_history, history_json("tools", world.records())) == std::vector<std::string>());
    });
}

TEST(json_schema, of_several_units_an_array_fits_and_of_one_its_object) {
    RandomWorld world(7);
    const auto plan = plan_json(world.plan());
    const auto report = report_json(world.report());
    const auto explanation = explanation_json(world.explained(), world.records());
    const auto holds = holds_json(world.plan());
    const auto history = history_json("tools", world.records());
    const std::vector<std::pair<Json, Json>> all{{plan_schema(), plan},
                                                 {report_schema(), report},
                                                 {explain_schema(), explanation},
                                                 {holds_schema(), holds},
                                                 {history_schema(), history}};
    for (const auto& [schema, printed] : all) {
        EXPECT_THAT(problems(schema, printed), IsEmpty());
        EXPECT_THAT(problems(schema, Json::array({printed, printed})), IsEmpty()) << printed["kind"];
        EXPECT_THAT(problems(schema, Json::array({printed})), Not(IsEmpty())) << "one unit is no list";
        EXPECT_THAT(problems(schema, Json::array({printed, {{"kind", printed["kind"]}}})), Not(IsEmpty()));
    }
}

TEST(json_answers, holds_shows_what_is_held_and_nothing_else) {
    const auto json = holds_json(rich_plan());
    EXPECT_EQ(json["kind"], "holds");
    EXPECT_EQ(json["format_version"], 1);
    ASSERT_EQ(json["changes"].size(), static_cast<std::size_t>(count_held(rich_plan())));
    for (const auto& change : json["changes"]) EXPECT_FALSE(change["holds"].empty());
}

TEST(json_answers, explain_names_the_line_and_who_wrote_it) {
    Explained about;
    about.unit = "tools";
    about.name = "github";
    about.declared = {{"mcp/github.yaml", 1, 0}};
    about.lines = {{"/url", 4}, {"/auth_data", 7}};
    about.authors[4] = {"1a2b3c4d", "Ann", "Fix url", 1'800'000'000};
    about.change = rich_plan().changes[2];
    const auto lines = explanation_json(about, {})["lines"];
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0]["path"], "url");
    EXPECT_EQ(lines[0]["place"]["line"], 4);
    EXPECT_EQ(lines[0]["commit"]["author"], "Ann");
    EXPECT_EQ(lines[1]["path"], "auth_data.headers.X-Trace");
    EXPECT_EQ(lines[1]["place"]["line"], 7) << "the nearest line above";
    EXPECT_TRUE(lines[1]["commit"].is_null());
}

TEST(json_schema, requires_every_name_and_takes_no_other) {
    expect_exact(plan_schema(), "plan");
    expect_exact(report_schema(), "report");
    expect_exact(explain_schema(), "explain");
    expect_exact(holds_schema(), "holds");
    expect_exact(history_schema(), "history");
    auto printed = plan_json(rich_plan());
    printed["changes"][0].erase("runs");
    printed["changes"][0]["colour"] = "red";
    EXPECT_THAT(plan_problems(rich_plan()), IsEmpty());
    EXPECT_THAT(problems(plan_schema(), printed), testing::ElementsAre(": fits 0 of oneOf"));
    const Json schema = {{"$ref", "#/$defs/plan"}, {"$defs", plan_schema()["$defs"]}};
    EXPECT_THAT(SchemaChecker(schema).problems(printed),
                testing::UnorderedElementsAre("/changes/0: has no \"runs\"", "/changes/0/colour: is not allowed"));
}

TEST(json_schema, knows_every_word_of_the_enumerations) {
    const Json schema = report_schema();
    expect_words<Action>(schema, "/$defs/change/properties/action");
    expect_words<HoldReason>(schema, "/$defs/hold/properties/reason");
    expect_words<HoldReason>(schema, "/$defs/group/properties/reason");
    expect_words<DifferenceKind>(schema, "/$defs/difference/properties/kind");
    expect_words<CauseKind>(schema, "/$defs/cause/properties/kind");
    expect_words<CheckKind>(schema, "/$defs/check/properties/kind");
    expect_words<LimitKind>(schema, "/$defs/budget/properties/kind");
    expect_words<Result>(schema, "/$defs/outcome/properties/result");
    expect_words<Severity>(schema, "/$defs/finding/properties/severity");
    expect_words<Ownership>(explain_schema(), "/$defs/live/properties/ownership");
}
