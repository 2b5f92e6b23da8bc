#include "source/git_options.h"

#include "base/failure.h"
#include "source/git_environment.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

GitSourceOptions https_options() {
    GitSourceOptions options;
    options.name = "platform";
    options.url = "https://git.example.com/team/mcp.git";
    options.mirror_directory = "/cache/mirror";
    return options;
}

std::string mistake_of(const GitSourceOptions& options) {
    try {
        check_git_options(options);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.next(), NextAction::stop);
        return failure.what();
    }
    return "";
}

std::string mistake_of_url(const std::string& url) {
    auto options = https_options();
    options.url = url;
    return mistake_of(options);
}

} // namespace

TEST(git_options, only_https_and_ssh_are_allowed_by_themselves) {
    EXPECT_EQ(mistake_of_url("https://h/r"), "");
    for (const auto* url : {"git://h/r", "ftp://h/r", "ext::sh -c date", "x::y", "HTTPS://h/r"}) {
        EXPECT_THAT(mistake_of_url(url), HasSubstr("this transport is not allowed")) << url;
    }
    EXPECT_THAT(mistake_of_url("http://h/r"), HasSubstr("plain http is not allowed"));
    for (const auto* url : {"/srv/r", "file:///srv/r", "./r", "r"}) {
        EXPECT_THAT(mistake_of_url(url), HasSubstr("local repositories are not allowed")) << url;
    }
    for (const auto* url : {"", "--upload-pack=x", "https://h/a\nb"}) {
        EXPECT_THAT(mistake_of_url(url), HasSubstr("it is not a url")) << url;
    }
}

TEST(git_options, credentials_do_not_stand_in_the_url) {
    const auto text = mistake_of_url("https://user:hush@h/r");
    EXPECT_THAT(text, HasSubstr("it holds a user name or password; remove that part and set the token"));
    EXPECT_THAT(text, Not(HasSubstr("hush")));
    EXPECT_THAT(mistake_of_url("https://hush@h/r"), Not(HasSubstr("hush")));
    EXPECT_THAT(mistake_of_url("ssh://git:hush@h/r"), HasSubstr("it holds a password"));
    EXPECT_EQ(shown_url("https://u:p@h/r?token=x#y"), "https://h/r");
    EXPECT_EQ(shown_url("git@h:team/r.git"), "h:team/r.git");
}

TEST(git_options, ssh_needs_a_key_and_known_hosts) {
    auto options = https_options();
    for (const auto* url : {"ssh://git@h/r", "git@h:r", "h:r"}) {
        options.url = url;
        options.ssh_key_file = options.known_hosts_file = "";
        EXPECT_THAT(mistake_of(options), HasSubstr("no ssh key file is set")) << url;
        options.ssh_key_file = "/keys/id";
        EXPECT_THAT(mistake_of(options), HasSubstr("no known_hosts file is set"));
        options.known_hosts_file = "/keys/known_hosts";
        EXPECT_EQ(mistake_of(options), "");
    }
    options.token = Secret("x");
    EXPECT_THAT(mistake_of(options), HasSubstr("a token does not go with this transport"));
}

TEST(git_options, tokens_refs_and_paths_are_checked) {
    auto options = https_options();
    options.token = Secret("a\nb");
    EXPECT_THAT(mistake_of(options), HasSubstr("the token holds a line break"));
    options.token = Secret("a");
    options.bearer = Secret("b");
    EXPECT_THAT(mistake_of(options), HasSubstr("exclude each other"));
    options = https_options();
    options.ref = {GitRefKind::commit, "abc"};
    EXPECT_THAT(mistake_of(options), HasSubstr("commit \"abc\" is not a full id of 40 hex digits"));
    for (const auto* name : {"", "-x", "a..b", "a b", "a:b", "+x^", "a.lock", "a/", "a*"}) {
        options.ref = {GitRefKind::branch, name};
        EXPECT_THAT(mistake_of(options), HasSubstr("is not a name that git allows")) << name;
    }
    options.ref = {GitRefKind::branch, "team/main-2"};
    for (const auto* path : {"../x", "/etc", "a/../b", "a//b"}) {
        options.path = path;
        EXPECT_THAT(mistake_of(options), HasSubstr("is not a folder inside the repository")) << path;
    }
    for (const auto* path : {"", ".", "./", "a/b/", "./a"}) {
        options.path = path;
        EXPECT_EQ(mistake_of(options), "") << path;
    }
}

TEST(git_options, mirrors_of_different_urls_have_different_folders) {
    EXPECT_THAT(mirror_folder_name("https://h/team/r.git"), testing::StartsWith("https_h_team_r.git-"));
    EXPECT_NE(mirror_folder_name("https://h/a_b"), mirror_folder_name("https://h/a/b"));
    EXPECT_THAT(mirror_folder_name("/../../x"), Not(HasSubstr("/")));
}

TEST(git_environment, hands_credentials_over_as_configuration) {
    auto options = https_options();
    options.token = Secret("hush");
    options.ca_file = "/ca.crt";
    const auto environment = git_environment(options, "/home/of/mirror");
    std::map<std::string, std::string> settings;
    for (int i = 0; i < std::stoi(environment.at("GIT_CONFIG_COUNT")); ++i) {
        settings[environment.at("GIT_CONFIG_KEY_" + std::to_string(i))] =
            environment.at("GIT_CONFIG_VALUE_" + std::to_string(i));
    }
    EXPECT_EQ(settings.at("http.extraHeader"), "Authorization: Basic eC1hY2Nlc3MtdG9rZW46aHVzaA==");
    EXPECT_EQ(settings.at("http.followRedirects"), "false");
    EXPECT_EQ(settings.at("credential.helper"), "");
    EXPECT_EQ(settings.at("core.hooksPath"), "/dev/null");
    EXPECT_EQ(environment.at("GIT_SSL_CAINFO"), "/ca.crt");
    EXPECT_EQ(environment.at("HOME"), "/home/of/mirror");
    EXPECT_EQ(environment.at("GIT_ALLOW_PROTOCOL"), "https:ssh");
    options.token = Secret();
    options.bearer = Secret("hush");
    options.allow_http = options.allow_local_path = true;
    const auto other = git_environment(options, "/h");
    EXPECT_EQ(other.at("GIT_ALLOW_PROTOCOL"), "https:ssh:http:file");
    EXPECT_EQ(other.at("GIT_CONFIG_VALUE_" + std::to_string(std::stoi(other.at("GIT_CONFIG_COUNT")) - 1)),
              "Authorization: Bearer hush");
}

TEST(git_environment, quotes_ssh_files_for_the_shell_and_for_ssh) {
    auto options = https_options();
    options.url = "git@h:r";
    options.ssh_key_file = "/k e'y/$(id) 100%";
    options.known_hosts_file = "/known hosts";
    const auto command = git_environment(options, "/h").at("GIT_SSH_COMMAND");
    EXPECT_THAT(command, HasSubstr("-o 'IdentityFile=\"/k e'\\''y/$(id) 100%%\"'"));
    EXPECT_THAT(command, HasSubstr("-o 'UserKnownHostsFile=\"/known hosts\"'"));
    EXPECT_THAT(command, HasSubstr("-o 'StrictHostKeyChecking=yes'"));
}
