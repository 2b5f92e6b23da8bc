#include "forge/github_status.h"

#include "forge/read.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace kedge::forge {

namespace {

constexpr std::size_t annotations_of_request = 50; // published
constexpr std::size_t most_annotations = 200;
constexpr std::size_t most_summary = 65535; // published
constexpr std::size_t most_run_title = 255; // assumed; so are annotation texts below 64 KiB
constexpr std::size_t most_annotation = 8000;

std::string level_word(AnnotationLevel level) {
    if (level == AnnotationLevel::failure) return "failure";
    return level == AnnotationLevel::warning ? "warning" : "notice";
}

Json annotation_body(const Annotation& annotation) {
    const int first = std::max(1, annotation.first_line);
    Json body{{"path", annotation.path},
              {"start_line", first},
              {"end_line", std::max(first, annotation.last_line)},
              {"annotation_level", level_word(annotation.level)},
              {"message", annotation.text.empty() ? "-" : first_characters(annotation.text, most_annotation)}};
    if (!annotation.title.empty()) body["title"] = first_characters(annotation.title, most_run_title);
    return body;
}

std::size_t count_annotations(const CommitStatus& status) {
    if (status.state == StatusState::pending) return 0; // they would be appended to, never replaced
    return std::min(status.annotations.size(), most_annotations);
}

Json run_body(const CommitStatus& status, std::size_t first_annotation) {
    Json output{{"title", first_characters(status.line, most_run_title)},
                {"summary", first_characters(status.summary.empty() ? status.line : status.summary, most_summary)}};
    const auto end = std::min(count_annotations(status), first_annotation + annotations_of_request);
    for (auto i = first_annotation; i < end; ++i)
        output["annotations"].push_back(annotation_body(status.annotations[i]));
    Json body{{"name", status.name}, {"output", std::move(output)}};
    if (!status.url.empty()) body["details_url"] = status.url;
    if (status.state == StatusState::pending) {
        body["status"] = "in_progress";
    } else {
        body["status"] = "completed";
        body["conclusion"] = status.state == StatusState::success ? "success" : "failure";
    }
    return body;
}

// The run that stands there and may be edited; empty: a new one is made. What was annotated once keeps its annotations,
// and what has ended does not begin again.
std::string run_to_edit(const ForgeExchange& looked, const CommitStatus& status) {
    const auto answer = json_answer(looked);
    const auto* runs = member(answer, {"check_runs"});
    if (runs == nullptr || !runs->is_array()) throw std::invalid_argument("the answer holds no check runs");
    for (const auto& run : *runs) {
        if (text(run, {"name"}) != status.name) continue;
        const bool ended = text(run, {"status"}) == "completed";
        const bool annotated = number(run, {"output", "annotations_count"}) > 0;
        if (ended && (annotated || status.state == StatusState::pending)) return {};
        return id(run, {"id"});
    }
    return {};
}

} // namespace

HttpRequest github_request(const std::string& method, const std::string& target, const Json& body) {
    auto request = json_request(method, target, body);
    request.headers.front().second = "application/vnd.github+json";
    request.headers.emplace_back("X-GitHub-Api-Version", "2022-11-28");
    return request;
}

Json commit_status_body(const CommitStatus& status, std::size_t most_line) {
    Json body{{"state", to_text(status.state)},
              {"context", status.name},
              {"description", first_characters(status.line, most_line)}};
    if (!status.url.empty()) body["target_url"] = status.url;
    return body;
}

// GET   /repos/acme/mcp/commits/6dcb.../check-runs?check_name=kedge&filter=latest&per_page=100 HTTP/1.1
// POST  /repos/acme/mcp/check-runs HTTP/1.1      {"head_sha": "6dcb...", "name": "kedge", "status": "completed", ...}
// PATCH /repos/acme/mcp/check-runs/4711 HTTP/1.1 {"name": "kedge", "output": {"annotations": [the next 50]}, ...}
ForgeStep put_check_run(const PutStatus& ask, const ForgeTalk& talk, const std::string& repository) {
    const auto& status = ask.status;
    if (talk.empty()) {
        return look(github_request("GET", repository + "/commits/" + status.commit + "/check-runs?check_name=" +
                                              percent_encode(status.name) + "&filter=latest&per_page=100"));
    }
    auto run = is_success(talk.front()) ? run_to_edit(talk.front(), status) : std::string();
    std::size_t sent = 0; // annotations
    for (std::size_t i = 0; i < talk.size(); ++i) {
        if (is_success(talk[i])) {
            if (i > 0) run = id(json_answer(talk[i]), {"id"});
            if (i > 0 && run.empty()) throw std::invalid_argument("the answer holds no check run");
            if (i > 0) sent += annotations_of_request;
            continue;
        }
        // Another app's run of that name: ours is made beside it.
        const bool foreign = i == 1 && !run.empty() && (is_status(talk[i], 403) || is_status(talk[i], 404));
        if (!foreign) return refusal(ask, talk[i], is_status(talk[i], 403) ? "only apps may write check runs" : "");
        run.clear();
    }
    if (sent > 0 && sent >= count_annotations(status)) return ForgeAnswer{};
    auto body = run_body(status, sent);
    if (run.empty()) {
        body["head_sha"] = status.commit;
        return repeatable(github_request("POST", repository + "/check-runs", body));
    }
    const bool adds = body["output"].contains("annotations");
    auto patch = github_request("PATCH", repository + "/check-runs/" + run, body);
    return adds ? once(std::move(patch)) : repeatable(std::move(patch));
}

} // namespace kedge::forge
