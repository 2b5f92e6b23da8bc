#include "tests/contract/random_world.h"

#include "base/failure.h"
#include "model/marker.h"

#include <algorithm>

namespace kedge {

Task<MemoState> KeptMemo::load(std::string) {
    MemoState state;
    state.row_key = "the same through all restarts";
    for (const auto& [path, file] : files_) state.files.push_back(file);
    for (const auto& [id, row] : rows_) state.rows.push_back(row);
    state.verdicts = verdicts_;
    state.rehearsed = rehearsed_;
    co_return state;
}

Task<void> KeptMemo::save(std::string, MemoBatch batch) {
    for (const auto& path : batch.files_gone) files_.erase(path);
    for (auto& file : batch.files) files_[file.path] = file;
    for (const auto& id : batch.rows_gone) rows_.erase(id);
    for (auto& row : batch.rows) rows_[row.remote_id] = row;
    verdicts_.insert(batch.verdicts.begin(), batch.verdicts.end());
    rehearsed_.insert(batch.rehearsed.begin(), batch.rehearsed.end());
    co_return;
}

void KeptMemo::forget() {
    files_.clear();
    rows_.clear();
    verdicts_.clear();
    rehearsed_.clear();
}

namespace {

// What a real control plane may plausibly be like. Names are checked by a regular expression in few worlds: it is slow.
sandbox::Knobs random_knobs(Dice& dice) {
    sandbox::Knobs knobs;
    if (!dice.one_in(10)) knobs.name_pattern.clear();
    for (auto flag :
         {&sandbox::Knobs::fill_owned_by, &sandbox::Knobs::fill_defaults, &sandbox::Knobs::fill_provider,
          &sandbox::Knobs::convert_tool_settings, &sandbox::Knobs::mask_get, &sandbox::Knobs::mask_list,
          &sandbox::Knobs::mask_put, &sandbox::Knobs::name_on_rows, &sandbox::Knobs::pagination_bounds,
          &sandbox::Knobs::identical_put_bumps, &sandbox::Knobs::dry_run_reports_417, &sandbox::Knobs::check_sources}) {
        if (dice.one_in(6)) knobs.*flag = false;
    }
    for (auto flag :
         {&sandbox::Knobs::fill_nulls, &sandbox::Knobs::fill_empties, &sandbox::Knobs::creator_as_manager,
          &sandbox::Knobs::lowercase_emails, &sandbox::Knobs::strip_trailing_slash, &sandbox::Knobs::sign_upload_urls,
          &sandbox::Knobs::mask_references, &sandbox::Knobs::mask_placeholders,
          &sandbox::Knobs::mask_additional_headers, &sandbox::Knobs::auth_list_shows_oauth,
          &sandbox::Knobs::url_change_drops, &sandbox::Knobs::oauth_secret_change_drops,
          &sandbox::Knobs::collaborator_removal_drops, &sandbox::Knobs::delete_checks_references,
          &sandbox::Knobs::type_change, &sandbox::Knobs::strict_keys}) {
        if (dice.one_in(8)) knobs.*flag = true;
    }
    if (dice.one_in(6)) knobs.mask = dice.pick({"", "<redacted>", "REDACTED", "••••••"});
    if (dice.one_in(6)) knobs.collaborators_order = dice.pick({"sorted", "reversed"});
    if (dice.one_in(6)) knobs.sets_order = dice.pick({"sorted", "reversed"});
    if (dice.one_in(6)) knobs.list_order = dice.pick({"created_asc", "shuffled"});
    if (dice.one_in(6)) knobs.tool_metadata_shape = "map";
    if (dice.one_in(6)) knobs.inline_spec = "store";
    if (dice.one_in(6)) knobs.dry_run_id = "synthetic";
    if (dice.one_in(6)) knobs.create_status = 201;
    if (dice.one_in(6)) knobs.delete_status = 204;
    if (dice.one_in(12)) knobs.disabled_key = "denied_tools";
    if (dice.one_in(12)) knobs.known_subjects = "team:everyone,team:platform,user:bob@example.com";
    // A signature that moves with each write makes a field that differs for ever look new each time: no loop is seen.
    const bool masks = knobs.mask_put && knobs.mask_list && knobs.mask_get;
    if (!masks || knobs.strip_trailing_slash) knobs.sign_upload_urls = false;
    return knobs;
}

// A list in pages needs an order.
WorldOptions random_options(Dice& dice, const std::map<std::string, std::string>& environment) {
    WorldOptions options;
    options.knobs = random_knobs(dice);
    if (options.knobs.list_order != "shuffled" && dice.one_in(3)) options.page_size = dice.between(1, 4);
    options.environment = environment;
    options.secrets = {"env:TOKEN_*"};
    return options;
}

// What stands in one plan only, or differs.
std::string unlike(const Plan& a, const Plan& b) {
    std::string text;
    for (const auto* one : {&a, &b}) {
        const auto& other = one == &a ? b : a;
        for (const auto& change : one->changes) {
            if (std::find(other.changes.begin(), other.changes.end(), change) != other.changes.end()) continue;
            text += "\n    " + std::string(to_text(change.action)) + " " + change.name + " [" + change.check.text + "]";
            for (const auto& hold : change.holds) text += " " + hold.text;
            if (change.subjects) text += " subjects " + std::to_string(*change.subjects);
        }
    }
    return text;
}

std::string order_of(const Plan& plan) {
    std::string text = "\n   ";
    for (const auto& change : plan.changes) text += " " + change.name;
    return text;
}

bool alike(const Plan& a, const Plan& b) {
    return a.changes == b.changes && a.groups == b.groups;
}

std::string outcomes_of(const Report& report) {
    std::string text;
    for (const auto& finding : report.plan.findings) {
        if (finding.severity == Severity::error) text += "\n    " + finding.place.file + ": " + finding.message;
    }
    for (const auto& outcome : report.outcomes) {
        const auto& change = outcome.change;
        text += "\n    " + std::string(to_text(change.action)) + " " + change.name + " " +
                std::string(to_text(outcome.result)) + ": " + outcome.text;
        for (const auto& difference : change.differences) text += "; " + difference.path;
    }
    return text;
}

std::map<std::string, std::string> random_environment(Dice& dice, ManifestMaker& maker) {
    std::map<std::string, std::string> environment{{"TOKEN_A", maker.secret()}};
    if (!dice.one_in(12)) environment["TOKEN_B"] = maker.secret();
    return environment;
}

} // namespace

RandomWorld::RandomWorld(std::uint64_t seed)
    : dice_(seed), maker_(dice_), environment_(random_environment(dice_, maker_)),
      world_(random_options(dice_, environment_)), git_(dice_, maker_, world_.source), watch_(world_, git_, maker_) {
    const auto& knobs = world_.plane.knobs();
    // These refuse what git says, or a part of it.
    const bool strict = knobs.strict_keys && knobs.disabled_key != "disabled_tools";
    if (strict || !knobs.known_subjects.empty() || !environment_.contains("TOKEN_B")) watch_.allow_refusals();
    for (const auto& row : sandbox::knob_table()) {
        const auto text = sandbox::knob_text(knobs, row);
        if (text != sandbox::knob_text({}, row)) tell("knob " + std::string(row.name) + "=" + text);
    }
    choose_settings();
    watch_requests();
    start_daemon();
}

void RandomWorld::choose_settings() {
    auto& settings = world_.settings;
    if (dice_.one_in(3)) {
        settings.limits.population = dice_.between(1, 5); // the usual shares, of a small population
    } else {
        settings.limits.population = 1000;
    }
    if (dice_.one_in(4)) settings.prune_delay = Milliseconds(600000);
    if (dice_.one_in(8)) {
        settings.drift = Reaction::report;
        watch_.allow_refusals(); // of what combines a server that is only reported as gone
    }
    if (dice_.one_in(8)) settings.on_invalid_stop = true;
    if (dice_.one_in(12)) settings.prune = Prune::never;
    if (dice_.one_in(4)) settings.rehearse = dice_.one_in(2) ? Rehearse::never : Rehearse::updates;
    if (settings.rehearse != Rehearse::always) tell("not every change is rehearsed");
    if (dice_.one_in(4)) settings.on_unknown_secret = OnUnknownSecret::send;
    if (dice_.one_in(8)) settings.sign_out.who = dice_.one_in(2) ? SignOut::never : SignOut::always;
}

// A process that dies at a request: nothing comes after it, neither to the control plane nor to the ledger.
void RandomWorld::watch_requests() {
    world_.direct.gate = [this](const HttpRequest&) {
        if (dead_) throw Crash{};
        if (requests_left_ != 0 || !dies_before_) return;
        dead_ = true;
        throw Crash{};
    };
    watch_.hide("tfy_writer");
    world_.direct.tamper = [this](const HttpRequest& request, HttpOutcome& outcome) {
        echo(request, outcome);
        if (requests_left_-- != 0) return;
        dead_ = true;
        throw Crash{};
    };
}

// What fails may quote all that it was sent.
void RandomWorld::echo(const HttpRequest& request, HttpOutcome& outcome) {
    const auto status = outcome.response.status;
    if (outcome.delivery != Delivery::answered || (status != 400 && status != 422 && status < 500)) return;
    std::string said = "cannot take " + request.body;
    for (const auto& [name, value] : request.headers) said += ", " + name + ": " + value;
    outcome.response.body =
        request.body.size() % 2 == 0 ? said : Json{{"statusCode", status}, {"message", said}}.dump();
}

void RandomWorld::start_daemon() {
    const UnitParts parts{world_.source,  world_.provider, world_.ledger, memo_,
                          world_.secrets, world_.clock,    world_.pool};
    world_.unit = std::make_unique<Unit>(world_.settings, parts);
}

std::string RandomWorld::story() const {
    std::string text;
    for (const auto& line : story_) text += "  " + line + "\n";
    return text;
}

void RandomWorld::run() {
    // Most worlds are small: they find as much, and there can be more of them.
    const bool large = dice_.one_in(8);
    for (int i = large ? dice_.between(3, 7) : dice_.between(1, 3); i > 0; --i) tell(git_.add());
    if (dice_.one_in(2)) pass(Weather::calm);
    for (int i = large ? dice_.between(4, 8) : dice_.between(1, 3); i > 0; --i) {
        step();
        if (!dice_.one_in(4)) pass(weather());
    }
    const auto report = settle();
    watch_.at_rest(report);
    watch_.show_all(report);
}

RandomWorld::Weather RandomWorld::weather() {
    if (dice_.one_in(2)) return Weather::calm;
    return dice_.one_in(4) ? Weather::deadly : Weather::rough;
}

void RandomWorld::spoil(Weather weather) {
    world_.plane.faults().clear();
    requests_left_ = -1;
    if (weather == Weather::calm) return;
    const std::string methods[] = {"PUT", "PUT", "GET", "DELETE", "*"};
    for (int i = dice_.between(1, 2); i > 0; --i) {
        const auto text = methods[dice_.below(5)] + " ** " +
                          dice_.pick({"429", "429-date", "503", "500", "502", "409", "reset-before", "reset-after",
                                      "truncate", "cut-json", "empty", "silent", "slow"}) +
                          " count=" + std::to_string(dice_.between(1, 6)) + " skip=" + std::to_string(dice_.below(6)) +
                          dice_.pick({"", "", " when=real", " after=true"});
        auto parsed = sandbox::parse_fault(text);
        demand(parsed.problem.empty(), "the test's own fault: " + parsed.problem);
        tell("fault " + text);
        world_.plane.faults().add(parsed.fault);
    }
    if (weather != Weather::deadly) return;
    requests_left_ = dice_.between(1, 20);
    dies_before_ = dice_.one_in(2);
    tell("dies " + std::string(dies_before_ ? "before" : "after") + " request " + std::to_string(requests_left_));
}

// Why it ended early; empty: it did not.
std::string RandomWorld::attempt(const std::function<void()>& deed) {
    try {
        deed();
    } catch (const Failure& failure) {
        return failure.what();
    } catch (const Crash&) {
        return "died";
    }
    return {};
}

// A look whose dry runs take long sees a move a second later: when is all that may differ.
Plan RandomWorld::look_at_no_time() {
    auto plan = world_.look().planned.plan;
    for (auto& change : plan.changes) change.cause.moved_seen = 0;
    return plan;
}

// Nothing that is remembered changes a decision, and looking changes nothing.
void RandomWorld::look_twice() {
    const auto first = look_at_no_time();
    watch_.saw(first);
    const auto second = look_at_no_time();
    demand(first.changes == second.changes && first.digest == second.digest,
           "two looks give two plans" + unlike(first, second) + order_of(first) + order_of(second));
    NoMemo nothing;
    const UnitParts parts{world_.source,  world_.provider, world_.ledger, nothing,
                          world_.secrets, world_.clock,    world_.pool};
    Unit stranger(world_.settings, parts);
    auto third = run_to_end(world_.loop, stranger.look()).planned.plan;
    for (auto& change : third.changes) change.cause.moved_seen = 0;
    // What a dry run said of a change that is none of auth is remembered, also where others sign in meanwhile.
    const auto& knobs = world_.plane.knobs();
    const bool other_drops = knobs.url_change_drops || knobs.collaborator_removal_drops;
    demand(other_drops ? first.digest == third.digest : alike(first, third),
           "what is remembered changes the plan" + unlike(first, third) + order_of(first) + order_of(third));
}

// Between look and act somebody changes what is to be written, and enough time passes for kedge to doubt its look.
void RandomWorld::interfere(Shelf& before) {
    interfered_.clear();
    const auto& all = world_.plane.registry().in_order();
    if (all.empty() || !dice_.one_in(8)) return;
    const auto id = dice_.pick(all)->id;
    world_.clock.advance(Milliseconds(31000));
    const auto name = world_.plane.registry().by_id(id)->name;
    world_.edit_live(name, {{"description", "Edited meanwhile " + std::to_string(++numbers_)}});
    tell("meanwhile " + name + " is edited");
    watch_.touched(id);
    before = watch_.shelf();
    interfered_ = id;
}

Report RandomWorld::pass(Weather weather) {
    spoil(weather);
    const bool calm = weather == Weather::calm;
    auto before = watch_.shelf();
    std::optional<Look> look;
    Report report;
    auto why = attempt([&] {
        if (calm && dice_.one_in(6)) look_twice();
        look = world_.look();
    });
    demand(watch_.shelf() == before, "a look changed something");
    if (look) {
        const auto plan = look->planned.plan;
        watch_.saw(plan);
        last_plan_ = plan;
        interfere(before);
        watch_.before_acting(plan);
        why = attempt([&] { report = run_to_end(world_.loop, world_.unit->act(std::move(*look), {}, {})); });
        watch_.after_acting(before, plan);
        const auto still = watch_.shelf();
        if (!interfered_.empty() && still.contains(interfered_))
            demand(still.at(interfered_) == before.at(interfered_), "what somebody changed meanwhile was overwritten");
        demand(interfered_.empty() || still.contains(interfered_), "what somebody changed meanwhile was deleted");
        if (dice_.one_in(3)) watch_.saw(report);
    }
    watch_.saw_text(why);
    demand(!calm || why.empty(), "a pass without faults failed: " + why);
    tell("pass" + (why.empty() ? outcomes_of(report) : ": " + why));
    world_.plane.faults().clear();
    requests_left_ = -1;
    if (dead_) restart();
    return report;
}

Report RandomWorld::settle() {
    if (!dice_.one_in(4)) git_.mend_all();
    tell("settle");
    world_.settings.selection = {};
    restart();
    pass(Weather::calm);
    interfered_.clear();
    world_.clock.advance(world_.settings.prune_delay + Milliseconds(1000));
    Report report;
    for (int i = 0;; ++i) {
        const auto before = world_.writes();
        report = pass(Weather::calm);
        const bool moved = std::any_of(report.outcomes.begin(), report.outcomes.end(),
                                       [](const Outcome& outcome) { return outcome.result == Result::done; });
        // What was adopted just now may have an unknown secret, which is sent in the next pass.
        const bool adopted = report.plan.counts.adopted > 0;
        if (!moved && !adopted && world_.writes() == before && interfered_.empty()) break;
        demand(i < 14, "it does not come to rest");
        world_.clock.advance(Milliseconds(1000));
    }
    const auto before = world_.writes();
    memo_.forget();
    restart();
    spoil(Weather::calm);
    const auto again = world_.apply();
    tell("once more" + outcomes_of(again));
    demand(world_.writes() == before, "a further apply writes something");
    demand(alike(again.plan, report.plan), "a further look plans something else" + unlike(report.plan, again.plan) +
                                               order_of(report.plan) + order_of(again.plan));
    return again;
}

} // namespace kedge
