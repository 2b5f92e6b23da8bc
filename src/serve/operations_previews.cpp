// The questions about pull requests.
#include "serve/fields.h"
#include "serve/operations.h"
#include "view/html_preview.h"
#include "view/json_preview.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace kedge {

namespace {

using Shared = std::shared_ptr<const Preview>;

Problem no_previews() {
    return {404, "no-previews", "this kedge looks at no pull requests: its settings have no `previews`"};
}

Problem unknown_preview() {
    return {404, "unknown-preview",
            "there is no such pull request in a repository that the settings know; name it with `repository`"};
}

int number_in(const std::string& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

// As far as this caller may see: null where it concerns only units of others.
Shared seen_by(const Caller& caller, const Shared& preview) {
    if (!preview || !caller.is_limited()) return preview;
    auto seen = std::make_shared<Preview>(*preview);
    std::erase_if(seen->units, [&](const UnitPreview& unit) { return !caller.may_see(unit.unit); });
    return seen->units.empty() ? nullptr : seen;
}

bool is_of(const Preview& preview, const std::string& head) {
    return preview.pull.head_commit.starts_with(head) && (head.size() >= 7 || head.empty());
}

std::string print(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

Task<Reply> Operations::previews(Call call) {
    if (parts_.desk == nullptr) co_return no_previews();
    const auto repository = text_in(call, "repository");
    std::vector<Shared> all;
    for (const auto& preview : parts_.desk->previews()) {
        if (!repository.empty() && preview->pull.repository != repository) continue;
        if (auto seen = seen_by(call.caller, preview)) all.push_back(std::move(seen));
    }
    std::sort(all.begin(), all.end(), [](const Shared& a, const Shared& b) {
        return std::tie(a->pull.repository, a->pull.number) < std::tie(b->pull.repository, b->pull.number);
    });
    auto work = [all = std::move(all)] { return print(previews_json(all)); };
    const std::string text = co_await printer_.run(std::move(work));
    co_return json_answer(text);
}

// Throws Failure where it has to be planned now and cannot be.
Task<std::variant<Shared, Problem>> Operations::wanted_preview(Call call) {
    if (parts_.desk == nullptr) co_return no_previews();
    const int number = number_in(call.parameter);
    auto repository = text_in(call, "repository");
    const auto head = text_in(call, "head");
    if (number <= 0) co_return unknown_preview();
    Shared found;
    int fitting = 0;
    for (const auto& preview : parts_.desk->previews()) {
        if (preview->pull.number != number || (!repository.empty() && preview->pull.repository != repository)) continue;
        found = preview;
        ++fitting;
    }
    if (fitting > 1) co_return unknown_preview();
    if (found) repository = found->pull.repository;
    const bool is_wanted = found && is_of(*found, head);
    if (!is_wanted && !repository.empty()) found = co_await parts_.desk->preview_now(repository, number);
    found = seen_by(call.caller, found);
    if (!found) co_return unknown_preview();
    co_return found;
}

Task<Reply> Operations::preview(Call call) {
    auto wanted = co_await wanted_preview(std::move(call));
    if (auto* problem = std::get_if<Problem>(&wanted)) co_return std::move(*problem);
    auto work = [found = std::get<Shared>(std::move(wanted))] { return print(preview_json(*found)); };
    const std::string text = co_await printer_.run(std::move(work));
    co_return json_answer(text);
}

Task<Reply> Operations::preview_page(Call call) {
    auto wanted = co_await wanted_preview(std::move(call));
    if (auto* problem = std::get_if<Problem>(&wanted)) co_return std::move(*problem);
    PreviewPageFrame frame;
    frame.version = parts_.settings.version;
    const auto found = std::get<Shared>(std::move(wanted));
    // Of the page's own address, so that it fits behind whatever proxy.
    frame.document =
        "../" + std::to_string(found->pull.number) + "?repository=" + percent_encode(found->pull.repository);
    auto work = [found, frame = std::move(frame)] { return html_preview(*found, frame); };
    auto text = co_await printer_.run(std::move(work));
    co_return html_answer(std::move(text));
}

} // namespace kedge
