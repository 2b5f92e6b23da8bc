// The requests of every question, as they go over the wire: tests/forge/golden/FORGE.json, which script/test-real holds
// against GitHub's own OpenAPI document. KEDGE_REWRITE_GOLDEN=1 writes the files anew.
#include "forge/github_tokens.h"
#include "tests/forge/conversations.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

using namespace kedge;
using namespace kedge::testing;

namespace {

ForgeExchange exchange_of(const ForgeSend& send, HttpResponse response) {
    ForgeExchange exchange;
    exchange.request = send.request;
    exchange.answered = true;
    exchange.response = std::move(response);
    return exchange;
}

Json as_json(const ForgeSend& send) {
    Json json{{"method", send.request.method}, {"target", send.request.target}};
    for (const auto& [name, value] : send.request.headers) json["headers"][name] = value;
    if (!send.request.body.empty()) json["body"] = parse_json(send.request.body);
    if (send.once) json["once"] = true;
    EXPECT_EQ(send.request.only_looks, send.request.method == "GET");
    return json;
}

Json as_json(const PullRequest& pull) {
    return {{"repository", pull.repository},
            {"number", pull.number},
            {"title", pull.title},
            {"author", pull.author},
            {"url", pull.url},
            {"base", pull.base_branch + " " + pull.base_commit},
            {"head", pull.head_branch + " " + pull.head_commit},
            {"from", pull.head_repository},
            {"fork", pull.is_fork()},
            {"state", static_cast<int>(pull.state)},
            {"merge", pull.merge_commit}};
}

Json as_json(const ForgeAnswer& answer) {
    Json json = Json::object();
    if (!answer.account.empty()) json["account"] = answer.account;
    if (!answer.id.empty()) json["id"] = answer.id;
    for (const auto& pull : answer.pulls) json["pulls"].push_back(as_json(pull));
    for (const auto& file : answer.files) json["files"].push_back(file);
    for (const auto& one : answer.comments) json["comments"].push_back(one.id + " " + one.author + ": " + one.body);
    for (const auto& one : answer.approvals) json["approvals"].push_back(one.who + " " + one.commit);
    if (answer.permission != Permission::none) json["permission"] = static_cast<int>(answer.permission);
    if (answer.cut) json["cut"] = true;
    return json;
}

// Long lists of the same are said once.
void shorten(Json& list) {
    if (list.is_array() && list.size() > 4) list.erase(list.begin() + 2, list.end() - 1);
}

Json played(const Conversation& conversation) {
    const auto forge = make_forge(conversation.options);
    ForgeTalk talk;
    Json json{{"name", conversation.name}, {"requests", Json::array()}};
    for (const auto& answer : conversation.answers) {
        const auto step = forge->next(conversation.ask, talk);
        const auto* send = std::get_if<ForgeSend>(&step);
        if (send == nullptr) {
            ADD_FAILURE() << conversation.name << " ended after " << talk.size() << " requests";
            return json;
        }
        json["requests"].push_back(as_json(*send));
        talk.push_back(exchange_of(*send, answer));
    }
    const auto end = forge->next(conversation.ask, talk);
    if (const auto* answer = std::get_if<ForgeAnswer>(&end))
        json["answer"] = as_json(*answer);
    else if (const auto* refusal = std::get_if<ForgeRefusal>(&end))
        json["refusal"] = refusal->text;
    else
        json["asks on"] = as_json(std::get<ForgeSend>(end));
    if (json.contains("answer") && json["answer"].contains("pulls")) shorten(json["answer"]["pulls"]);
    return json;
}

void compare(const std::string& name, const std::vector<Conversation>& conversations, Json all = Json::array()) {
    for (const auto& conversation : conversations) all.push_back(played(conversation));
    const auto path = std::string(KEDGE_SOURCE_DIR) + "/tests/forge/golden/" + name + ".json";
    const auto text = all.dump(1) + "\n";
    if (std::getenv("KEDGE_REWRITE_GOLDEN") != nullptr) std::ofstream(path) << text;
    std::ifstream file(path);
    std::stringstream golden;
    golden << file.rdbuf();
    EXPECT_EQ(text, golden.str()) << "look at each difference; then run this test with KEDGE_REWRITE_GOLDEN=1";
}

} // namespace

TEST(golden, what_github_is_asked) {
    Json app{{"name", "a token of an app"}, {"requests", Json::array()}};
    for (auto& request :
         {app_request(), installation_request("acme/mcp"), installation_token_request("4711", "acme/mcp")}) {
        auto send = ForgeSend{request, false, false};
        send.request.only_looks = request.method == "GET";
        app["requests"].push_back(as_json(send));
    }
    compare("github", github_conversations(), Json::array({app}));
}
TEST(golden, what_gitlab_is_asked) {
    compare("gitlab", gitlab_conversations());
}
TEST(golden, what_gitea_is_asked) {
    compare("gitea", gitea_conversations());
}
