#include "tests/contract/world.h"

#include "base/digest.h"

namespace kedge {

Task<Snapshot> MemorySource::fetch() {
    if (before_fetch) co_await before_fetch();
    Snapshot snapshot;
    snapshot.revision.id = "commit-" + std::to_string(commits_);
    for (const auto& [path, text] : files) {
        FileEntry entry;
        entry.path = path;
        entry.blob_id = sha256(text).hex().substr(0, 40);
        entry.size = text.size();
        snapshot.files.push_back(std::move(entry));
    }
    co_return snapshot;
}

Task<std::vector<BlobText>> MemorySource::read(const Snapshot&, std::vector<FileEntry> wanted) {
    std::vector<BlobText> texts;
    for (const auto& file : wanted) texts.push_back({file.path, file.blob_id, files.at(file.path)});
    blobs_read_ += texts.size();
    co_return texts;
}

Task<std::map<std::string, CommitReference>> MemorySource::causes(const Snapshot&, std::string,
                                                                  std::vector<std::string> paths) {
    std::map<std::string, CommitReference> found;
    for (const auto& path : paths) {
        if (const auto commit = touched_by.find(path); commit != touched_by.end()) found.insert(*commit);
    }
    co_return found;
}

void MemorySource::set(const std::string& path, const std::string& text) {
    files[path] = text;
    ++commits_;
}

void MemorySource::remove(const std::string& path) {
    files.erase(path);
    ++commits_;
}

Task<HttpOutcome> DirectClient::send(HttpRequest request) {
    request.headers.emplace_back("Authorization", "Bearer " + token_);
    if (gate) gate(request);
    auto exchange = plane_.serve(request);
    HttpOutcome outcome;
    if (exchange.line == sandbox::Exchange::Line::answer) {
        outcome.delivery = Delivery::answered;
        outcome.response = std::move(exchange.response);
    } else {
        outcome.delivery = Delivery::unknown;
        outcome.error = "the connection ended before the answer";
    }
    if (tamper) tamper(request, outcome);
    co_return outcome;
}

namespace {

std::unique_ptr<Dialect> dialect_with(int page_size) {
    DialectOptions options;
    options["page_size"] = std::to_string(page_size);
    return make_dialect("truefoundry", options);
}

} // namespace

World::World(WorldOptions o)
    : options(std::move(o)), plane(options.knobs), direct(plane, "tfy_writer"), client(direct, clock, PatientOptions{}),
      dialect(dialect_with(options.page_size)),
      secrets(options.secrets, options.environment, Secret("a key of the tests")),
      provider(*dialect, client, secrets, clock, {Secret("tfy_writer")}) {
    for (const auto role : {sandbox::Role::admin, sandbox::Role::writer, sandbox::Role::reader}) {
        plane.people().add("tfy_" + std::string(sandbox::role_text(role)), sandbox::person_of(role, plane.tenant()));
    }
    settings.us = {options.installation, options.unit};
    settings.target = "tfy";
    settings.secrets = options.secrets;
    settings.seal_key = Secret("a key of the tests");
    settings.version = "test";
    restart();
}

void World::restart() {
    const UnitParts parts{source, provider, ledger, memo, secrets, clock, pool};
    unit = std::make_unique<Unit>(settings, parts);
}

Look World::look() {
    return run_to_end(loop, unit->look());
}

Report World::apply() {
    auto seen = look();
    return run_to_end(loop, unit->act(std::move(seen), {}, {}));
}

Report World::converge(int passes) {
    Report report;
    for (int i = 0; i < passes; ++i) {
        report = apply();
        bool done = false;
        for (const auto& outcome : report.outcomes) done = done || outcome.result == Result::done;
        if (!done) break;
    }
    return report;
}

std::string World::remote(const std::string& name, const std::string& more) {
    return "type: mcp-server/remote\nname: " + name + "\ndescription: Tools of " + name + "\nurl: https://" + name +
           ".example.com/mcp\ncollaborators:\n  - subject: team:everyone\n    role_id: mcp-server-user\n" + more;
}

Json World::live(const std::string& name) {
    const auto* server = plane.registry().by_name(name);
    return server == nullptr ? Json() : server->document();
}

void World::edit_live(const std::string& name, const Json& patch) {
    auto* server = plane.registry().by_name(name);
    auto manifest = server->document();
    manifest.merge_patch(patch);
    server->manifest = manifest.dump();
    server->updated_ms = plane.now_ms();
    plane.refresh(*server);
}

void World::add_live(const Json& manifest) {
    plane.refresh(
        plane.registry().add(plane.new_server(manifest, sandbox::person_of(sandbox::Role::admin, plane.tenant()))));
}

void World::sign_in(const std::string& name, const std::string& subject, const std::string& kind) {
    auto* server = plane.registry().by_name(name);
    sandbox::AuthRecord record;
    record.subject_id = subject;
    record.subject_type = "user";
    record.source = kind;
    server->auth.push_back(std::move(record));
    plane.refresh(*server);
}

void World::release(const Change& change, const std::string& because, int at_most) {
    auto text = source.files[".kedge/releases"];
    text += "- digest: " + change.digest.hex() + "\n  name: " + change.name + "\n  because: " + because + "\n";
    if (at_most > 0) text += "  at_most: " + std::to_string(at_most) + "\n";
    source.set(".kedge/releases", text);
}

const Change* find_change(const Plan& plan, const std::string& name) {
    for (const auto& change : plan.changes) {
        if (change.name == name) return &change;
    }
    return nullptr;
}

const Outcome* find_outcome(const Report& report, const std::string& name) {
    for (const auto& outcome : report.outcomes) {
        if (outcome.change.name == name) return &outcome;
    }
    return nullptr;
}

} // namespace kedge
