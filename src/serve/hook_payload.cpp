#include "serve/hook_payload.h"

#include "base/json.h"

#include <algorithm>
#include <stdexcept>

namespace kedge {

namespace {

constexpr std::size_t most_urls = 8;
constexpr std::size_t most_url = 2000;
constexpr std::size_t most_ref = 500;

bool is_plain(const std::string& text, std::size_t most) {
    return !text.empty() && text.size() <= most &&
           std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= 0x20 || c >= 0x7f; });
}

// Refs may hold any letter, but no space and no control character.
bool is_ref(const std::string& text) {
    return !text.empty() && text.size() <= most_ref &&
           std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
}

void add_url(std::vector<std::string>& urls, const Json& value) {
    if (!value.is_string() || urls.size() >= most_urls) return;
    const auto& url = value.get_ref<const std::string&>();
    if (is_plain(url, most_url) && std::find(urls.begin(), urls.end(), url) == urls.end()) urls.push_back(url);
}

void add_urls(std::vector<std::string>& urls, const Json& root, const char* object,
              std::initializer_list<const char*> names) {
    const auto found = root.find(object);
    if (found == root.end() || !found->is_object()) return;
    for (const auto* name : names) {
        if (const auto url = found->find(name); url != found->end()) add_url(urls, *url);
    }
}

std::vector<std::string> urls_of(WebhookKind kind, const Json& root) {
    std::vector<std::string> urls;
    switch (kind) {
    case WebhookKind::github:
        add_urls(urls, root, "repository", {"clone_url", "ssh_url", "git_url", "html_url"});
        break;
    case WebhookKind::gitea:
        add_urls(urls, root, "repository", {"clone_url", "ssh_url", "html_url"});
        break;
    case WebhookKind::gitlab:
        add_urls(urls, root, "project", {"git_http_url", "git_ssh_url", "web_url"});
        add_urls(urls, root, "repository", {"git_http_url", "git_ssh_url", "homepage"});
        break;
    case WebhookKind::generic:
        if (const auto one = root.find("url"); one != root.end()) add_url(urls, *one);
        if (const auto all = root.find("urls"); all != root.end() && all->is_array()) {
            for (const auto& url : *all) add_url(urls, url);
        }
        break;
    }
    return urls;
}

} // namespace

HookPayload read_hook_payload(WebhookKind kind, std::string_view body) {
    HookPayload payload;
    Json root;
    try {
        root = parse_json(body);
    } catch (const std::invalid_argument& wrong) {
        payload.problem = std::string("the body is no JSON that is read here: ") + wrong.what();
        return payload;
    }
    if (!root.is_object()) {
        payload.problem = "the body is no JSON object";
        return payload;
    }
    if (const auto ref = root.find("ref"); ref != root.end() && !ref->is_null()) {
        if (!ref->is_string() || !is_ref(ref->get_ref<const std::string&>())) {
            payload.problem = "\"ref\" is no ref";
            return payload;
        }
        payload.ref = ref->get<std::string>();
    }
    payload.urls = urls_of(kind, root);
    if (payload.urls.empty()) payload.problem = "the body names no repository";
    return payload;
}

} // namespace kedge
