// The block `previews` of kedge.yaml.
#include "main/settings_previews.h"
#include "tests/main/settings_blocks.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

const std::string head = settings_head(R"(  platform: {git: "https://git.example.com/acme/platform.git", branch: main}
  pinned: {git: "https://git.example.com/acme/pinned.git", tag: v1}
  here: {folder: manifests}
)",
                                       "platform");

LoadedSettings load(const std::string& block) {
    return load_text(head + block);
}

std::vector<std::string> mistakes(const std::string& block) {
    return mistakes_in(head + block);
}

// One forge with one repository, each with these keys more.
std::string forge(const std::string& keys,
                  const std::string& repository = "repository: acme/platform, source: platform") {
    return "previews:\n  forges:\n    company: {" + keys + ", repositories: [{" + repository + "}]}\n";
}

const std::string github = "kind: github, token: \"${env:FORGE}\"";

} // namespace

TEST(preview_settings, are_none_without_their_block) {
    EXPECT_THAT(load("").settings.previews.forges, IsEmpty());
}

TEST(preview_settings, are_read_as_written) {
    const auto loaded = load(R"(previews:
  poll: 10m
  page: https://kedge.example.com/
  forges:
    company:
      kind: gitea
      url: https://git.example.com/
      token: ${file:forge.token}
      ca_file: ca.pem
      repositories:
        - repository: acme/platform
          source: platform
          comment: false
          status: kedge/prod
          forks: ["friends/*"]
          rehearse: trusted
          trusted: [ann, "team-*"]
          release_by_author: true
)");
    ASSERT_THAT(loaded.findings, IsEmpty()) << loaded.findings[0].message;
    const auto& previews = loaded.settings.previews;
    EXPECT_EQ(previews.poll, Milliseconds(600'000));
    EXPECT_EQ(previews.page, "https://kedge.example.com");
    ASSERT_EQ(previews.forges.size(), 1U);
    const auto& company = previews.forges[0];
    EXPECT_EQ(company.name, "company");
    EXPECT_EQ(company.kind, ForgeKind::gitea);
    EXPECT_EQ(company.url, "https://git.example.com");
    EXPECT_EQ(company.token, (PreviewCredential{"file", "/etc/kedge/forge.token"}));
    EXPECT_EQ(company.ca_file, "/etc/kedge/ca.pem");
    ASSERT_EQ(company.repositories.size(), 1U);
    const PreviewRepository wanted{"acme/platform",   "platform", false, "kedge/prod", {"friends/*"}, true,
                                   {"ann", "team-*"}, true};
    EXPECT_EQ(company.repositories[0], wanted);
}

TEST(preview_settings, have_careful_defaults) {
    const auto previews = load(forge(github)).settings.previews;
    ASSERT_EQ(previews.forges.size(), 1U);
    EXPECT_EQ(previews.forges[0].url, "https://github.com");
    EXPECT_EQ(previews.poll, Milliseconds(300'000));
    const PreviewRepository usual{"acme/platform", "platform"};
    EXPECT_EQ(previews.forges[0].repositories[0], usual);
    EXPECT_TRUE(usual.comment);
    EXPECT_EQ(usual.status, "kedge");
    EXPECT_FALSE(usual.rehearse || usual.release_by_author || !usual.forks.empty());
    EXPECT_EQ(load(forge("kind: gitlab, token: \"${env:FORGE}\"")).settings.previews.forges[0].url,
              "https://gitlab.com");
}

TEST(preview_settings, an_app_takes_the_place_of_a_token) {
    const auto loaded = load(forge("kind: github, app: {id: 12, installation: 34, key: \"${file:app.pem}\"}"));
    ASSERT_THAT(loaded.findings, IsEmpty());
    const PreviewApp app{"12", "34", {"file", "/etc/kedge/app.pem"}};
    EXPECT_EQ(loaded.settings.previews.forges[0].app, app);
    EXPECT_THAT(mistakes(forge(github + ", app: {id: 12, installation: 34, key: \"${file:app.pem}\"}")),
                ElementsAre("14: \"token\" and \"app\" are two ways to be somebody: give one"));
    EXPECT_THAT(mistakes(forge("kind: github")),
                ElementsAre("14: neither \"token\" nor \"app\": the forge has to know who comments"));
    EXPECT_THAT(mistakes(forge("kind: gitlab, app: {id: 12, installation: 34, key: \"${file:app.pem}\"}")),
                ElementsAre("14: \"app\" goes with `kind: github` only"));
}

TEST(preview_settings, mistakes_are_said_at_their_place) {
    EXPECT_THAT(mistakes("previews:\n  poll: 1s\n  page: nonsense\n  forges: {}\n").size(), 3U);
    EXPECT_THAT(mistakes(forge("kind: gitea, token: \"${env:FORGE}\"")), ElementsAre("14: \"url\" is missing"));
    EXPECT_THAT(mistakes(forge(github + ", url: \"http://git.example.com\"")),
                ElementsAre("14: \"url\" must be https"));
    EXPECT_THAT(mistakes(forge(github, "repository: platform, source: platform")),
                ElementsAre("14: \"platform\" is no repository"));
    EXPECT_THAT(mistakes(forge(github, "repository: a/../b, source: platform")),
                ElementsAre("14: \"a/../b\" is no repository"));
    EXPECT_THAT(mistakes(forge(github, "repository: a/b, source: other")),
                ElementsAre("14: there is no source named \"other\""));
    EXPECT_THAT(mistakes(forge(github, "repository: a/b, source: here")),
                ElementsAre("14: source \"here\" is a folder, of which no forge knows"));
    EXPECT_THAT(mistakes(forge(github, "repository: a/b, source: pinned")),
                ElementsAre("14: source \"pinned\" follows no branch: nothing is merged into it"));
    EXPECT_THAT(mistakes(forge(github, "repository: a/b, source: platform}, {repository: a/b, source: platform")),
                ElementsAre("14: \"a/b\" is here already"));
    EXPECT_THAT(mistakes(forge(github, "repository: a/b, source: platform, trusted: [ann]")),
                ElementsAre("14: \"trusted\" goes with `rehearse: trusted` only"));
    EXPECT_THAT(mistakes(forge("kind: github, token: abc")),
                ElementsAre("14: \"token\" must be ${env:NAME} or ${file:PATH}"));
}
