// The blocks `history` and `notify` of kedge.yaml.
#include "main/notify_receivers.h"
#include "tests/main/settings_blocks.h"

#include "base/failure.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

const std::string head = settings_head("  here: {folder: manifests}\n", "here");

LoadedSettings load(const std::string& block) {
    return load_text(head + block);
}

std::vector<std::string> mistakes(const std::string& block) {
    return mistakes_in(head + block);
}

} // namespace

TEST(history_settings, say_how_long_and_where_else) {
    EXPECT_EQ(load("").settings.history.days, 400);
    const auto loaded = load("history: {days: 30, file: log/history.jsonl}\n");
    EXPECT_TRUE(loaded.findings.empty());
    EXPECT_EQ(loaded.settings.history.days, 30);
    EXPECT_EQ(loaded.settings.history.file, "/etc/kedge/log/history.jsonl") << "paths are relative to the file";
}

TEST(history_settings, mistakes_are_said_at_their_place) {
    EXPECT_THAT(mistakes("history:\n  days: 0\n  fil: x\n"),
                ElementsAre("11: \"days\" must be a whole number from 1 to 36500", "12: unknown key \"fil\""));
    EXPECT_THAT(mistakes("history: 30\n"), testing::Not(testing::IsEmpty()));
}

TEST(notify_settings, are_read_as_written) {
    const auto loaded = load(R"(notify:
  - {name: siem, kind: webhook, url: "${file:hook.url}", secret: "${env:HOOK_KEY}"}
  - {name: chat, kind: slack, url: "${env:SLACK_URL}", units: [tools, "team-*"], severity: warning, on: [holds, failing]}
)");
    ASSERT_TRUE(loaded.findings.empty()) << loaded.findings[0].message;
    ASSERT_EQ(loaded.settings.notify.size(), 2U);
    const auto& siem = loaded.settings.notify[0];
    EXPECT_EQ(siem.kind, ReceiverKind::webhook);
    EXPECT_EQ(siem.url.name, "/etc/kedge/hook.url");
    EXPECT_EQ(siem.secret.name, "HOOK_KEY");
    EXPECT_EQ(siem.severity, EventSeverity::info);
    const auto& chat = loaded.settings.notify[1];
    EXPECT_EQ(chat.kind, ReceiverKind::slack);
    EXPECT_EQ(chat.severity, EventSeverity::warning);
    EXPECT_EQ(chat.topics, (std::set{Topic::holds, Topic::failing}));
    EXPECT_THAT(chat.units, ElementsAre("tools", "team-*"));
}

TEST(notify_settings, every_mistake_is_said_at_once_and_at_its_place) {
    EXPECT_THAT(mistakes(R"(notify:
  - {name: siem, kind: webhook, url: "${env:URL}"}
  - {name: siem, kind: slack, url: "${env:URL}", secret: "${env:KEY}"}
  - {name: Chat, kind: mail, url: "${env:URL}", units: ["[a"], on: [everything]}
  - {name: empty, kind: slack, url: "${env:URL}", on: []}
  - text
)"),
                testing::UnorderedElementsAre(
                    "11: \"secret\" is missing", "12: \"secret\" goes with `kind: webhook` only",
                    "12: two receivers are named \"siem\"", "13: \"kind\" must be one of webhook, slack",
                    "13: a name may hold lower-case letters, digits and hyphens only, 32 at most",
                    "13: the `[` of this pattern is never closed", "13: \"everything\" is nothing that is told",
                    "14: an empty list asks for nothing", "15: \"4\" must be a mapping"));
}

TEST(notify_settings, an_address_that_is_written_out_is_refused_without_being_shown) {
    const auto loaded = load("notify:\n  - {name: chat, kind: slack, url: \"https://hooks.example/S3CR3T\"}\n");
    ASSERT_EQ(loaded.findings.size(), 1U);
    const auto& finding = loaded.findings[0];
    EXPECT_EQ((finding.message + finding.hint + finding.excerpt).find("S3CR3T"), std::string::npos) << finding.excerpt;
}

TEST(notify_receivers, take_their_secrets_from_kedges_own_credentials_at_each_attempt) {
    const auto loaded = load(R"(networks: {allow_insecure: true}
notify:
  - {name: siem, kind: webhook, url: "${env:URL}", secret: "${env:KEY}", severity: error}
)");
    const SecretStore secrets({"env:*"}, {{"URL", "https://hooks.example/x"}, {"KEY", "key"}}, Secret());
    const auto receivers = make_receivers(loaded.settings, secrets);
    ASSERT_EQ(receivers.size(), 1U);
    EXPECT_EQ(receivers[0].url().reveal(), "https://hooks.example/x");
    EXPECT_EQ(receivers[0].secret().reveal(), "key");
    EXPECT_TRUE(receivers[0].allow_insecure);
    EXPECT_EQ(receivers[0].least, EventSeverity::error);
    const SecretStore empty({"env:*"}, {}, Secret());
    EXPECT_THROW(make_receivers(loaded.settings, empty)[0].url(), Failure);
}
