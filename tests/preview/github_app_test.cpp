#include "preview/github_app.h"

#include "preview/json_web_token.h"
#include "tests/forge/conversations.h"
#include "tests/preview/scripted_forge.h"

#include <cstdlib>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

using namespace kedge;
using namespace kedge::testing;

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key make_key() {
    static EVP_PKEY* const one = EVP_RSA_gen(2048);
    EVP_PKEY_up_ref(one);
    return {one, EVP_PKEY_free};
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

std::string pem(EVP_PKEY* key, bool traditional = false, const EVP_CIPHER* cipher = nullptr) {
    BIO* bio = BIO_new(BIO_s_mem());
    char word[] = "hush";
    if (traditional)
        PEM_write_bio_PrivateKey_traditional(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    else
        PEM_write_bio_PrivateKey(bio, key, cipher, nullptr, 0, nullptr, cipher == nullptr ? nullptr : word);
    return text_of(bio);
}

std::string from_base64url(std::string text) {
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    const auto padding = (4 - text.size() % 4) % 4;
    text.append(padding, '=');
    std::string bytes(text.size() / 4 * 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    EXPECT_GT(size, 0);
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

struct Token {
    Json head;
    Json claims;
    bool verified = false;
};

Token read_token(const std::string& token, EVP_PKEY* key) {
    const auto first = token.find('.');
    const auto second = token.rfind('.');
    Token read;
    read.head = parse_json(from_base64url(token.substr(0, first)));
    read.claims = parse_json(from_base64url(token.substr(first + 1, second - first - 1)));
    const auto signature = from_base64url(token.substr(second + 1));
    const auto text = token.substr(0, second);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key);
    read.verified =
        EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                         reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
    EVP_MD_CTX_free(context);
    return read;
}

struct AppWorld {
    explicit AppWorld(std::string installation = {})
        : app({"12345", "acme/mcp", std::move(installation), [this] { return Secret(key); }}, http, clock) {}

    std::string get() { return run_to_end(loop, app.get()).reveal(); }
    std::string failure() {
        try {
            get();
        } catch (const Failure& failure) {
            return (failure.next() == NextAction::retry ? "retry: " : "no: ") + std::string(failure.what());
        }
        return "a token";
    }
    HttpOutcome token_answer(const std::string& token, UnixSeconds life = 3600) {
        return answers(says(201, {{"token", token}, {"expires_at", format_utc(clock.now() + life)}}));
    }

    EventLoop loop;
    ScriptedForge http;
    ManualClock clock;
    std::string key = pem(make_key().get());
    GithubApp app;
};

HttpOutcome installation() {
    return answers(says(200, {{"id", 4711}}));
}

} // namespace

TEST(app_token, is_signed_so_that_openssl_verifies_it) {
    const auto key = make_key();
    for (const bool traditional : {false, true}) {
        const auto token = read_token(
            signed_app_token(Secret(pem(key.get(), traditional)), "12345", 1'800'000'000).reveal(), key.get());
        EXPECT_TRUE(token.verified);
        EXPECT_EQ(token.head, (Json{{"alg", "RS256"}, {"typ", "JWT"}}));
        EXPECT_EQ(token.claims, (Json{{"iat", 1'799'999'940}, {"exp", 1'800'000'540}, {"iss", "12345"}}));
    }
}

TEST(app_token, is_not_made_with_what_is_no_rsa_key) {
    const auto said = [](const std::string& key) {
        try {
            signed_app_token(Secret(key), "1", 0);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.next(), NextAction::wait_for_change);
            return std::string(failure.what());
        }
        return std::string("signed");
    };
    const std::string hint = "; use the PEM file that GitHub gave for the app";
    const std::string no_key =
        "GitHub App: sign with its private key: it is no private key in PEM without a passphrase" + hint;
    EXPECT_EQ(said(""), no_key);
    EXPECT_EQ(said("ghp_0123456789abcdef"), no_key);
    EXPECT_EQ(said("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), no_key);
    EXPECT_EQ(said(pem(make_key().get(), false, EVP_aes_128_cbc())), no_key) << "nobody is asked for a passphrase";
    const Key curve(EVP_EC_gen("P-256"), EVP_PKEY_free);
    EXPECT_EQ(said(pem(curve.get())), "GitHub App: sign with its private key: it is no RSA key" + hint);
}

TEST(github_app, finds_its_installation_and_gets_a_token_for_one_repository) {
    AppWorld world;
    world.http.script = {installation(), world.token_answer("ghs_first")};
    EXPECT_EQ(world.get(), "ghs_first");
    EXPECT_EQ(world.http.lines(), (std::vector<std::string>{"GET /repos/acme/mcp/installation",
                                                            "POST /app/installations/4711/access_tokens"}));
    EXPECT_EQ(world.http.sent[1].body, R"({"repositories":["mcp"]})");
    for (const auto& request : world.http.sent) {
        const std::string header_value(header(request.headers, "Authorization"));
        ASSERT_TRUE(header_value.starts_with("Bearer "));
        const auto token = read_token(header_value.substr(7), make_key().get());
        EXPECT_TRUE(token.verified);
        EXPECT_EQ(token.claims["iss"], "12345");
    }
}

TEST(github_app, keeps_a_token_until_a_minute_before_its_end) {
    AppWorld world("99");
    world.http.script = {world.token_answer("ghs_first"), world.token_answer("ghs_second", 7200)};
    EXPECT_EQ(world.get(), "ghs_first");
    world.clock.advance(Milliseconds(3'539'000));
    EXPECT_EQ(world.get(), "ghs_first");
    world.clock.advance(Milliseconds(1'000));
    EXPECT_EQ(world.get(), "ghs_second");
    EXPECT_EQ(world.http.sent.size(), 2u);
    world.http.script = {world.token_answer("ghs_third")};
    world.app.forget();
    EXPECT_EQ(world.get(), "ghs_third");
}

TEST(github_app, says_why_there_is_no_token_and_never_shows_one) {
    AppWorld world;
    world.http.script = {answers(404, "{\"message\":\"Not Found\"}")};
    EXPECT_EQ(world.failure(),
              "no: GitHub App of \"acme/mcp\": find its installation: refused (404): \"Not Found\"; is the "
              "app installed, and may it see this repository?");
    world.http.script = {answers(401, "{\"message\":\"A JSON web token could not be decoded\"}")};
    EXPECT_EQ(world.failure(),
              "no: GitHub App of \"acme/mcp\": find its installation: refused (401): \"A JSON web token "
              "could not be decoded\"; are the app's id and its key right, and this clock?");
    world.http.script = {installation(), answers(201, "{\"token\":\"ghs_0123456789abcdef\"}")};
    EXPECT_EQ(world.failure(), "retry: GitHub App of \"acme/mcp\": get a token: the answer holds no token and its end");
    world.http.script = {answers(201, "<html>ghs_0123456789abcdef")};
    EXPECT_EQ(world.failure(), "retry: GitHub App of \"acme/mcp\": get a token: the answer is no JSON");
    world.key = "nonsense";
    EXPECT_TRUE(world.failure().starts_with("no: GitHub App: sign with its private key"));
}

TEST(github_app, comes_through_a_forge_that_is_restarted) {
    AppWorld world;
    world.http.script = {no_answer(Delivery::not_sent), installation(), answers(502), no_answer(Delivery::unknown),
                         world.token_answer("ghs_late")};
    EXPECT_EQ(world.get(), "ghs_late");
}

TEST(github_app, is_known_by_the_name_that_its_comments_are_signed_with) {
    AppWorld world("99");
    const auto forge = make_forge({ForgeKind::github, "acme/mcp", true});
    ForgeClient client({*forge, world.http, world.clock, world.app});
    auto put = sample_comment();
    put.account.clear();
    const auto comments = says(200, {github_comment(5, "other[bot]", put.body, true),
                                     github_comment(6, "kedge[bot]", marker + "\nold", true)});
    world.http.script = {answers(says(200, {{"slug", "kedge"}})), world.token_answer("ghs_first"), answers(comments),
                         answers(says(200, github_comment(6, "kedge[bot]", put.body, true)))};
    EXPECT_EQ(run_to_end(world.loop, client.ask(put)).id, "6");
    EXPECT_EQ(world.http.lines().back(), "PATCH /repos/acme/mcp/issues/comments/6");
    EXPECT_EQ(header(world.http.sent.back().headers, "Authorization"), "Bearer ghs_first");
}
