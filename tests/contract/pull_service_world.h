// A whole daemon with previews: a forge, a repository and a control plane in memory, time that is virtual.
#pragma once
#include "preview/preview_service.h"
#include "store/memory_previews.h"
#include "tests/contract/daemon_world.h"
#include "tests/contract/memory_forge.h"
#include "tests/contract/pulls.h"

#include <boost/asio/co_spawn.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kedge {

inline const std::string repository_url = "https://git.example.com/acme/tools.git";
inline constexpr Milliseconds second{1000};
inline constexpr Milliseconds minute{60'000};

struct ServiceWorld : DaemonWorld {
    explicit ServiceWorld(RequirePreview rule = RequirePreview::none) : DaemonWorld({"tools"}), rule(rule) {
        target_board = std::make_shared<TargetBoard>();
        settings("tools").source_url = repository_url;
        settings("tools").sign_out.who = SignOut::approver;
        source("tools").set("github.yaml", World::remote("github"));
        forge->people = {{"ann", Permission::write}, {"bob", Permission::write}, {"eve", Permission::read}};
        watched.repository = "acme/tools";
        watched.source = settings("tools").source;
        PreviewBook::Calls book_calls;
        book_calls.wake = [this](const std::string& unit) { controller->wake(unit); };
        book_calls.news = [this] { service->book_moved(); };
        book = std::make_unique<PreviewBook>(store, clock, std::move(book_calls));
        tune = [this](DaemonCalls& calls) {
            calls.reviewed = [this](const std::string& unit) { return book->reviewed(unit); };
            calls.passed = [this](const Unit& unit, const Report& report) {
                ++passes[unit.settings().us.unit];
                book->passed(unit, report);
                service->passed(unit.settings().source, unit.settings().source_url, report.plan.revision.id);
            };
        };
        started = [this] { start_service(); };
    }
    void start_service() {
        std::vector<PreviewSubject> subjects;
        subjects.push_back({made.at("tools").get(), merging, provider, target_board, "mcp", [this] {
                                return std::make_unique<MemoryMergedFolder>(source("tools"), merging, "tools", nullptr);
                            }});
        previewer = std::make_unique<Previewer>(std::move(subjects), PreviewGround{ledger, memo, clock, pool});
        service = std::make_shared<PreviewService>(
            PreviewParts{clock, log, *controller, *book, store, counters,
                         [this](PreviewQuestion question) { return previewer->preview(std::move(question)); },
                         [this](const std::string&) { return rule == RequirePreview::approved; }});
        auto repository = std::make_shared<WatchedRepository>();
        repository->settings = watched;
        repository->urls = {repository_url};
        repository->keys = {"git.example.com/acme/tools"};
        repository->marker = comment_marker("prod");
        repository->door = forge;
        std::vector<std::shared_ptr<const WatchedRepository>> all{repository};
        service->watch(std::move(all), 5 * minute);
        service_ended = false;
        // What still runs on the loop when a test has failed refers to it.
        boost::asio::co_spawn(loop, service->run(), [this, kept = service](const std::exception_ptr& error) {
            service_ended = true;
            if (error) std::rethrow_exception(error);
        });
    }
    // Lets so much time pass; the service ends with the daemon.
    void pass(Milliseconds how_long) {
        at(how_long, [this] { service->stop(); });
        run(how_long);
        clock.run(loop, until_ended(), minute);
    }
    Task<void> until_ended() {
        while (!service_ended) co_await clock.sleep(Milliseconds(1));
    }
    PullRequest& open(int number, const std::string& head, const Edits& edits) {
        merging.heads[head]["tools"] = edits;
        return forge->pulls[number] = pull_request(number, head);
    }
    void push(int number, const std::string& head, const Edits& edits) {
        merging.heads[head]["tools"] = edits;
        forge->pulls.at(number).head_commit = head;
    }
    void merge(int number) {
        auto& pull = forge->pulls.at(number);
        apply_edits(source("tools"), merging.heads.at(pull.head_commit).at("tools"));
        pull.state = PullState::merged;
    }
    bool hint(int number, const std::string& comment = {}, const std::string& commands = {}) {
        PullHint hint;
        hint.urls = {"https://git.example.com/Acme/tools"};
        hint.number = number;
        hint.comment = comment;
        hint.commands = commands;
        return service->pull_moved(std::move(hint));
    }
    void comment(int number, const std::string& author, const std::string& text) {
        hint(number, forge->say(number, author, text), kedge::digest_of(read_comment_commands(text)));
    }
    static Edits edit(const std::string& name, const std::string& team) {
        return {{name + ".yaml", World::remote(name) + "tags: {team: " + team + "}\n"}};
    }
    std::string digest_of(int number, std::size_t index = 0) {
        for (const auto& preview : service->previews()) {
            if (preview->pull.number == number) return preview->units.at(0).plan->changes.at(index).digest.hex();
        }
        return {};
    }
    std::string team(const std::string& name) {
        const auto document = live(name);
        return document.value("tags", Json::object()).value("team", "none");
    }

    RequirePreview rule;
    std::shared_ptr<MemoryForge> forge = std::make_shared<MemoryForge>();
    PreviewRepository watched;
    MemoryPreviews store;
    MemoryMerging merging;
    SecretStore blind = SecretStore::blind();
    RestProvider provider{*dialect, client, blind, clock, {Secret("tfy_writer")}};
    std::unique_ptr<PreviewBook> book;
    std::unique_ptr<Previewer> previewer;
    std::shared_ptr<PreviewService> service;
    bool service_ended = true;
};

} // namespace kedge
