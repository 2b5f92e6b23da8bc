#include "source/git_errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

GitSourceOptions options_with_token() {
    GitSourceOptions options;
    options.name = "platform";
    options.url = "https://git.example.com/team/mcp.git";
    options.token = Secret("hush-hush-4711");
    options.ssh_key_file = "/keys/id";
    options.known_hosts_file = "/keys/known_hosts";
    options.mirror_directory = "/cache/mirror";
    return options;
}

struct Case {
    std::string errors; // as the git, curl and ssh of Debian 12 write them
    GitProblem problem;
    NextAction next;
};

const std::string hung_up =
    "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\n"
    "and the repository exists.\n";

const std::vector<Case> cases = {
    {"fatal: Authentication failed for 'https://git.example.com/team/mcp.git/'\n", GitProblem::credential,
     NextAction::stop},
    {"fatal: could not read Username for 'https://git.example.com': terminal prompts disabled\n",
     GitProblem::credential, NextAction::stop},
    {"fatal: unable to access 'https://h/r/': The requested URL returned error: 403\n", GitProblem::credential,
     NextAction::stop},
    {"remote: Repository not found.\nfatal: repository 'https://h/r/' not found\n", GitProblem::no_repository,
     NextAction::wait_for_change},
    {"fatal: '/srv/none' does not appear to be a git repository\n" + hung_up, GitProblem::no_repository,
     NextAction::wait_for_change},
    {"remote: ERROR: The project you were looking for could not be found.\n" + hung_up, GitProblem::no_repository,
     NextAction::wait_for_change},
    {"fatal: couldn't find remote ref refs/heads/gone\n", GitProblem::no_ref, NextAction::wait_for_change},
    {"@@@@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.\r\n" +
         hung_up,
     GitProblem::host_key_changed, NextAction::stop},
    {"No ED25519 host key is known for [127.0.0.1]:2222 and you have requested strict checking.\r\n"
     "Host key verification failed.\r\n" +
         hung_up,
     GitProblem::host_key_unknown, NextAction::stop},
    {"git@h: Permission denied (publickey).\r\n" + hung_up, GitProblem::ssh_key, NextAction::stop},
    {"Load key \"/keys/id\": bad permissions\r\ngit@h: Permission denied (publickey).\r\n" + hung_up,
     GitProblem::ssh_key, NextAction::stop},
    {"No user exists for uid 12345\r\n" + hung_up, GitProblem::no_user, NextAction::stop},
    {"fatal: unable to access 'https://h/r/': server certificate verification failed. CAfile: none CRLfile: none\n",
     GitProblem::certificate, NextAction::stop},
    {"fatal: unable to access 'https://h/r/': error setting certificate file: /x\n", GitProblem::ca_file,
     NextAction::stop},
    {"fatal: unable to access 'https://h/r/': The requested URL returned error: 301\n", GitProblem::moved,
     NextAction::wait_for_change},
    {"fatal: transport 'file' not allowed\n", GitProblem::forbidden, NextAction::stop},
    {"fatal: detected dubious ownership in repository at '/srv/r'\n" + hung_up, GitProblem::owner, NextAction::stop},
    {"fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output\n", GitProblem::disk,
     NextAction::stop},
    {"error: insufficient permission for adding an object to repository database objects\n", GitProblem::disk,
     NextAction::stop},
    {"fatal: unable to access 'https://h/r/': Operation too slow. Less than 100 bytes/sec transferred the last 2 "
     "seconds\n",
     GitProblem::slow, NextAction::retry},
    {"ssh: connect to host h port 22: Connection timed out\r\n" + hung_up, GitProblem::slow, NextAction::retry},
    {"fatal: unable to access 'https://h/r/': Could not resolve host: h\n", GitProblem::unreachable, NextAction::retry},
    {"fatal: unable to access 'https://h/r/': Failed to connect to h port 443: Connection refused\n",
     GitProblem::unreachable, NextAction::retry},
    {"error: RPC failed; curl 18 transfer closed\nfatal: early EOF\n", GitProblem::dropped, NextAction::retry},
    {"fatal: unable to access 'https://h/r/': The requested URL returned error: 503\n", GitProblem::busy,
     NextAction::retry},
    {"fatal: not a git repository: '/cache/mirror/repository.git'\n", GitProblem::mirror_damaged, NextAction::retry},
    {"error: object file /cache/mirror/repository.git/objects/aa/bb is empty\nfatal: bad object refs/kedge/x\n",
     GitProblem::mirror_damaged, NextAction::retry},
    {"fatal: bad config line 1 in file /cache/mirror/repository.git/config\n", GitProblem::mirror_damaged,
     NextAction::retry},
    {"something new\n", GitProblem::other, NextAction::retry},
};

} // namespace

TEST(git_errors, have_a_next_action_each) {
    for (const auto& test : cases) {
        const auto problem = classify_git_errors(test.errors, "/cache/mirror/repository.git");
        EXPECT_EQ(problem, test.problem) << test.errors;
        EXPECT_EQ(git_failure(problem, test.errors, options_with_token()).next(), test.next) << test.errors;
    }
}

TEST(git_errors, are_told_in_one_line_with_cause_and_hint) {
    const std::string errors = "fatal: Authentication failed for 'https://git.example.com/team/mcp.git/'\n";
    EXPECT_STREQ(
        git_failure(GitProblem::credential, errors, options_with_token()).what(),
        "source platform: fetch \"https://git.example.com/team/mcp.git\": the server refuses the token (git: fatal: "
        "Authentication failed for 'https://git.example.com/team/mcp.git/'); renew it, and check that it may read this "
        "repository");
    auto options = options_with_token();
    options.token = Secret();
    EXPECT_THAT(git_failure(GitProblem::credential, errors, options).what(), HasSubstr("asks for a credential"));
}

TEST(git_errors, never_quote_a_credential) {
    const std::string errors = "fatal: odd proxy said hush-hush-4711 and Bearer abcdefgh12345 at https://u:pw@h/\n";
    const std::string text = git_failure(GitProblem::other, errors, options_with_token()).what();
    EXPECT_THAT(text, Not(HasSubstr("hush-hush")));
    EXPECT_THAT(text, Not(HasSubstr("abcdefgh")));
    EXPECT_THAT(text, Not(HasSubstr("u:pw")));
}

TEST(git_errors, a_server_cannot_make_our_mirror_look_damaged_or_stop_us_with_its_chatter) {
    const std::string chatter = "remote: error: object file x is corrupt\nremote: No space left on device\n";
    EXPECT_EQ(classify_git_errors(chatter + "fatal: couldn't find remote ref refs/heads/x\n", "/m"),
              GitProblem::no_ref);
    EXPECT_EQ(classify_git_errors("fatal: remote error: upload-pack: bad object\n", "/m"), GitProblem::other);
}
