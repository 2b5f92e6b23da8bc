#include "main/settings.h"

#include "base/failure.h"
#include "main/installation_key.h"
#include "main/settings_checks.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace kedge;

namespace {

const std::string good = R"(version: 1
installation: prod
store: ./store
sources:
  manifests: {git: "https://git.example.com/platform.git", branch: main, token: "${env:GIT_TOKEN}"}
targets:
  tfy: {provider: truefoundry, url: "https://acme.truefoundry.cloud", token: "${file:/run/token}", rehearse: updates}
units:
  - name: tools
    source: manifests
    path: truefoundry
    target: tfy
    changes: apply
    drift: report
    heal_after: 10m
    secrets: ["env:GITHUB_*"]
)";

std::vector<std::string> mistakes(const std::string& text) {
    std::vector<std::string> all;
    for (const auto& finding : load_settings("/etc/kedge/kedge.yaml", text).findings)
        all.push_back(to_text(finding.place) + " " + finding.message);
    return all;
}

std::string with(const std::string& from, const std::string& to) {
    auto text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

} // namespace

TEST(settings, a_complete_file_is_read_as_written) {
    const auto loaded = load_settings("/etc/kedge/kedge.yaml", good);
    ASSERT_TRUE(loaded.findings.empty()) << loaded.findings[0].message;
    const auto& settings = loaded.settings;
    EXPECT_EQ(settings.store, "/etc/kedge/store") << "paths are relative to the file";
    EXPECT_EQ(settings.sources.at("manifests").token.name, "GIT_TOKEN");
    EXPECT_EQ(settings.targets.at("tfy").credentials.at("token").scheme, "file");
    ASSERT_EQ(settings.units.size(), 1U);
    const auto& unit = settings.units[0].settings;
    EXPECT_EQ(unit.us.installation, "prod");
    EXPECT_EQ(unit.us.unit, "tools");
    EXPECT_EQ(unit.drift, Reaction::report);
    EXPECT_EQ(unit.heal_after, Milliseconds(600000));
    EXPECT_EQ(unit.prune_delay, Milliseconds(900000));
    EXPECT_EQ(unit.rehearse, Rehearse::updates);
    EXPECT_EQ(unit.require_preview, RequirePreview::none);
}

TEST(settings, a_target_may_have_a_token_for_previews) {
    const auto target = [](const std::string& text) {
        return load_settings("k.yaml", text).settings.targets.at("tfy");
    };
    EXPECT_TRUE(target(good).credentials.at("preview_token").scheme.empty());
    const auto with_one = target(with("url: \"https://acme", "preview_token: \"${env:READER}\", url: \"https://acme"));
    EXPECT_EQ(with_one.credentials.at("preview_token").name, "READER");
}

TEST(settings, a_unit_says_what_it_wants_previewed) {
    const auto unit = [](const std::string& text) {
        return load_settings("k.yaml", text).settings.units.at(0).settings;
    };
    EXPECT_EQ(unit(with("drift: report", "drift: report\n    require_preview: digest")).require_preview,
              RequirePreview::digest);
    EXPECT_EQ(unit(with("drift: report", "drift: report\n    require_preview: approved")).require_preview,
              RequirePreview::approved);
    EXPECT_EQ(mistakes(with("drift: report", "drift: report\n    require_preview: yes")).size(), 1U);
}

TEST(settings, every_mistake_is_said_at_once_and_at_its_place) {
    const auto text = R"(version: 2
instalation: prod
store: ./store
sources:
  manifests: {git: "https://bot:pw@git.example.com/x.git", token: abc}
targets:
  tfy: {provider: trufoundry, url: "http://acme", token: "${env:T}"}
units:
  - name: Tools
    source: manifest
    target: tfy
    changes: yes please
)";
    const auto all = mistakes(text);
    const std::vector<std::string> expected{"unknown key \"instalation\"",
                                            "\"installation\" is missing",
                                            "this kedge reads version 1",
                                            "the URL holds a credential",
                                            "\"token\" must be ${env:NAME} or ${file:PATH}",
                                            "\"provider\" must be one of truefoundry",
                                            "the control plane must be https",
                                            "\"changes\" must be one of apply, report",
                                            "\"drift\" is missing",
                                            "a name may hold lower-case letters",
                                            "there is no source named \"manifest\""};
    for (const auto& message : expected) {
        EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const auto& m) {
            return m.find(message) != std::string::npos;
        })) << message;
    }
    EXPECT_EQ(all.size(), expected.size());
    for (const auto& message : all) EXPECT_EQ(message.find("/etc/kedge/kedge.yaml:"), 0U) << message;
}

TEST(settings, secrets_of_manifests_are_variables_files_and_keys_of_the_cluster) {
    const auto unit = [](const std::string& secret) { return mistakes(with("env:GITHUB_*", secret)); };
    for (const char* secret : {"env:TOKEN_*", "file:/run/secrets/*", "k8s:mcp-secrets/*"})
        EXPECT_TRUE(unit(secret).empty()) << secret;
    for (const char* secret : {"k8s:mcp-secrets", "vault:mcp/token"}) {
        ASSERT_EQ(unit(secret).size(), 1U) << secret;
        EXPECT_NE(unit(secret)[0].find("is none of env:NAME, file:PATH and k8s:SECRET/KEY"), std::string::npos);
    }
}

TEST(settings, a_near_miss_is_named) {
    const auto loaded = load_settings("k.yaml", with("heal_after", "heal_afer"));
    ASSERT_EQ(loaded.findings.size(), 1U);
    EXPECT_EQ(loaded.findings[0].hint, "did you mean \"heal_after\"?");
    EXPECT_EQ(loaded.findings[0].place.line, 15);
}

TEST(settings, a_literal_credential_is_refused_without_being_shown) {
    const auto loaded = load_settings("k.yaml", with("${file:/run/token}", "tfy-s3cr3t-value"));
    ASSERT_EQ(loaded.findings.size(), 1U);
    EXPECT_EQ((loaded.findings[0].message + loaded.findings[0].hint + loaded.findings[0].excerpt).find("s3cr3t"),
              std::string::npos);
}

TEST(settings, plain_http_needs_to_be_allowed) {
    EXPECT_EQ(mistakes(with("https://acme.truefoundry.cloud", "http://127.0.0.1:8080")).size(), 1U);
    EXPECT_TRUE(
        mistakes(with("https://acme.truefoundry.cloud", "http://127.0.0.1:8080") + "networks: {allow_insecure: true}\n")
            .empty());
}

TEST(settings, two_units_of_one_name_and_two_kinds_of_source_are_refused) {
    EXPECT_EQ(
        mistakes(good + "  - {name: tools, source: manifests, target: tfy, changes: apply, drift: heal}\n").size(), 1U);
    EXPECT_EQ(mistakes(with("branch: main", "branch: main, tag: v1")).size(), 1U);
    EXPECT_EQ(mistakes(with("branch: main", "folder: ./x")).size(), 2U);
}

TEST(settings, text_that_is_no_mapping_is_one_mistake) {
    EXPECT_EQ(mistakes("").size(), 1U);
    EXPECT_EQ(mistakes("- a\n- b\n").size(), 1U);
    EXPECT_EQ(mistakes("a: [").size(), 1U);
    EXPECT_EQ(mistakes(good + "---\n" + good).size(), 1U);
}

TEST(settings, what_could_only_fail_later_is_refused_at_its_place) {
    struct Case {
        std::string from, to, mistake;
    };
    const std::string git = "git: \"https://git.example.com/platform.git\", branch: main, token: \"${env:GIT_TOKEN}\"";
    const Case cases[] = {
        {"path: truefoundry", "path: /truefoundry", ":11:5 \"path\" must be a folder inside the source"},
        {"path: truefoundry", "path: a/../../b", ":11:5 \"path\" must be a folder inside the source"},
        {"path: truefoundry", "include: [\"*.yaml\", \"[a\"]", ":11:25 the `[` of this pattern is never closed"},
        {"path: truefoundry", "exclude: [\"[!]\"]", ":11:15 the `[` of this pattern is never closed"},
        {"path: truefoundry", "include: [\"\"]", ":11:15 an empty pattern fits nothing"},
        {"path: truefoundry", "may: {names: [\"[a\"]}", ":11:19 the `[` of this pattern is never closed"},
        {"path: truefoundry", "interval: 0s", ":11:5 \"interval\" must be more than 0s"},
        {git, git + ", deadline: 0s", ":5:101 \"deadline\" must be more than 0s"},
        {git, git + ", ssh_key: id", ":5:101 \"ssh_key\" goes with an ssh URL only, and this one is none"},
        {git, git + ", known_hosts: h", ":5:101 \"known_hosts\" goes with an ssh URL only, and this one is none"},
        {git, "git: \"git@example.com:a.git\", ssh_key: id", ":5:15 an ssh URL needs \"known_hosts\""},
        {git, "git: \"ssh://git@example.com/a.git\", known_hosts: h", ":5:15 an ssh URL needs \"ssh_key\""},
        {"branch: main", "commit: abc", ":5:60 \"commit\" must be a full id of 40 hex digits"},
        {git, "git: \"http://git.example.com/a.git\"", ":5:15 a repository by plain http is not allowed"},
        {git, "git: ./here", ":5:15 a repository on this machine is not allowed"},
        {git, "git: \"ext::sh\"", ":5:15 this transport is not allowed"},
        {"rehearse: updates", "proxy: foo", ":7:100 \"proxy\" is no proxy: not a URL; write it like http://host:port"},
        {"rehearse: updates", "page_size: 1001", ":7:100 \"page_size\" must be a whole number from 1 to 1000"},
        {"acme.truefoundry.cloud", "acme.truefoundry.cloud?a=b",
         ":7:32 \"url\" is no base URL: a base URL ends with its path"},
    };
    for (const auto& [from, to, mistake] : cases) {
        const auto found = mistakes(with(from, to));
        ASSERT_EQ(found.size(), 1U) << to << testing::PrintToString(found);
        EXPECT_EQ(found[0], "/etc/kedge/kedge.yaml" + mistake) << to;
    }
}

TEST(settings, keys_of_a_target_are_those_of_its_provider) {
    const auto loaded = load_settings("k.yaml", with("rehearse: updates", "page_size: 50, force_flag: force"));
    ASSERT_TRUE(loaded.findings.empty()) << loaded.findings[0].message;
    EXPECT_EQ(loaded.settings.targets.at("tfy").options,
              (DialectOptions{{"page_size", "50"}, {"force_flag", "force"}}));
    EXPECT_EQ(loaded.settings.units[0].settings.target_options, "force_flag=force&page_size=50");
    const auto wrong = load_settings("k.yaml", with("rehearse: updates", "force_flg: force"));
    ASSERT_EQ(wrong.findings.size(), 1U);
    EXPECT_EQ(wrong.findings[0].hint, "did you mean \"force_flag\"?");
    EXPECT_EQ(mistakes(with("rehearse: updates", "force_flag: yes")).size(), 1U);
}

TEST(settings, a_file_that_is_not_there_and_a_folder_that_is_none_have_their_place) {
    const auto folder = std::filesystem::temp_directory_path() / ("kedge-files-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "afile") << "x";
    const auto text = R"(version: 1
installation: prod
store: ./store
sources:
  one: {git: "https://git.example.com/a.git", ca_file: ca.pem}
  two: {folder: ./afile}
  three: {git: "git@example.com:a.git", ssh_key: key, known_hosts: afile}
targets:
  tfy: {provider: truefoundry, url: "https://acme.truefoundry.cloud", token: "${env:T}", ca_file: .}
units:
  - {name: tools, source: one, target: tfy, changes: apply, drift: heal}
)";
    const auto loaded = load_settings((folder / "kedge.yaml").string(), text);
    EXPECT_TRUE(loaded.findings.empty());
    std::vector<std::string> found;
    for (const auto& finding : check_files(loaded.settings)) {
        found.push_back(std::to_string(finding.place.line) + " " + finding.message);
        EXPECT_FALSE(finding.excerpt.empty());
        EXPECT_FALSE(finding.hint.empty());
    }
    const auto at = folder.string() + "/";
    EXPECT_EQ(found, (std::vector<std::string>{"5 there is no file \"" + at + "ca.pem\"",
                                               "7 there is no file \"" + at + "key\"",
                                               "6 \"" + at + "afile\" is no folder", "9 \"" + at + "\" is a folder"}));
    std::filesystem::remove_all(folder);
}

TEST(settings, the_schema_knows_every_key) {
    const auto schema = settings_schema();
    EXPECT_TRUE(schema["properties"]["units"]["items"]["properties"].contains("prune_delay"));
    Json names = Json::array();
    for (const auto& entry : dialects()) names.push_back(entry.name);
    EXPECT_EQ(schema["properties"]["targets"]["additionalProperties"]["properties"]["provider"]["enum"], names);
    EXPECT_FALSE(schema["additionalProperties"].get<bool>());
}

class InstallationKey : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "kedge-key-XXXXXX").string();
        folder = mkdtemp(name.data());
        file = folder + "/installation.key";
    }
    void TearDown() override { std::filesystem::remove_all(folder); }
    void write(const std::string& text, int mode) const {
        std::ofstream(file) << text;
        chmod(file.c_str(), static_cast<mode_t>(mode));
    }
    std::string folder, file;
};

TEST_F(InstallationKey, is_made_once_and_kept) {
    const auto first = load_or_make_installation_key(file);
    EXPECT_EQ(first.reveal().size(), 64U);
    EXPECT_EQ(load_or_make_installation_key(file).reveal(), first.reveal());
    struct stat status {};
    stat(file.c_str(), &status);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(InstallationKey, is_refused_where_it_is_missing_short_or_open_to_others) {
    EXPECT_THROW(load_installation_key(file), Failure);
    write("short", 0600);
    EXPECT_THROW(load_installation_key(file), Failure);
    write(std::string(64, 'a'), 0644);
    EXPECT_THROW(load_installation_key(file), Failure);
    write(std::string(64, 'a') + "\n", 0600);
    EXPECT_EQ(load_installation_key(file).reveal(), std::string(64, 'a'));
}
