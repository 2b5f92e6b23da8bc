#include "main/settings_tables.h"

namespace kedge {

using enum SettingType;

const std::vector<SettingKey>& root_keys() {
    static const std::vector<SettingKey> keys{
        {"version", number, true, "format of this file: 1", {}},
        {"installation",
         text,
         true,
         "name of this kedge in ownership markers, [a-z0-9-]{1,32}; two installations never touch each other's "
         "registrations",
         {}},
        {"installation_key",
         path,
         false,
         "file with the key that seals secret literals and fingerprints; shared by all members; default: "
         "STORE/installation.key, made at first use",
         {}},
        {"store", path, true, "folder for the ledger (must not be lost) and the memo (may be deleted)", {}},
        {"sources", mapping, true, "where manifests are: name -> git repository or folder", {}},
        {"targets", mapping, true, "control planes: name -> how to reach it", {}},
        {"units", list, true, "what to keep in sync: one source folder, one target, one policy each", {}},
        {"include",
         path,
         false,
         "folder of further files, *.yaml, each with sources, targets or units; then these three may be there alone",
         {}},
        {"networks", mapping, false, "what is allowed beyond https to public names", {}},
        {"history", mapping, false, "how long the history is kept, and where it is written as well", {}},
        {"notify", list, false, "who outside is told what happens", {}},
        {"previews", mapping, false, "pull requests that are previewed; default: none", {}},
        {"server", mapping, false, "the API, webhooks and health of `kedge run`; default: none", {}},
    };
    return keys;
}

const std::vector<SettingKey>& included_keys() {
    static const std::vector<SettingKey> keys = [] {
        std::vector<SettingKey> keys;
        for (auto key : root_keys()) {
            if (!may_be_included(key.name)) continue;
            key.required = false;
            keys.push_back(std::move(key));
        }
        return keys;
    }();
    return keys;
}

bool may_be_included(const std::string& key) {
    return key == "sources" || key == "targets" || key == "units";
}

const std::vector<SettingKey>& source_keys() {
    static const std::vector<SettingKey> keys{
        {"git", text, false, "URL of a repository (https://, ssh:// or user@host:path)", {}},
        {"folder", path, false, "a plain folder instead, such as the one git-sync maintains", {}},
        {"branch", text, false, "branch to follow (this, tag or commit; default: the remote's default branch)", {}},
        {"tag", text, false, "tag to stay at", {}},
        {"commit", text, false, "full commit id to stay at", {}},
        {"token", credential, false, "token for https, sent as basic authentication", {}},
        {"user", text, false, "user name beside the token; default x-access-token", {}},
        {"bearer", credential, false, "token for https, sent as bearer", {}},
        {"ssh_key", path, false, "private key file for ssh", {}},
        {"known_hosts", path, false, "known_hosts file for ssh; required with ssh_key", {}},
        {"ca_file", path, false, "certificate authority of the git server (PEM)", {}},
        {"deadline", duration, false, "longest time of one fetch; default 2m", {}},
    };
    return keys;
}

std::vector<SettingKey> target_keys() {
    std::vector<std::string> providers;
    for (const auto& entry : dialects()) providers.push_back(entry.name);
    return {
        {"provider", choice, true, "kind of control plane", providers},
        {"url", text, true, "base URL, as in https://acme.truefoundry.cloud", {}},
        {"token", credential, true, "API token", {}},
        {"preview_token", credential, false, "what previews ask with instead: a token that may only read", {}},
        {"ca_file", path, false, "certificate authority of the control plane (PEM); default: the system's", {}},
        {"proxy", text, false, "http://host:port of an HTTP proxy; default: HTTPS_PROXY and NO_PROXY", {}},
        {"rehearse",
         choice,
         false,
         "which planned changes the control plane checks by a dry run; default always",
         {"always", "updates", "never"}},
        {"concurrency", number, false, "most requests in flight; default: as the provider is known to bear", {}},
    };
}

std::vector<SettingKey> option_keys(const DialectEntry& entry) {
    std::vector<SettingKey> keys;
    for (const auto& option : entry.options) {
        SettingKey key{option.name, text, option.required, option.help, option.choices};
        if (!option.fallback.empty()) key.help += "; default " + option.fallback;
        if (!option.choices.empty()) key.type = choice;
        if (option.kind == OptionKind::number) key.type = number;
        if (option.kind == OptionKind::credential) key.type = credential;
        key.most = option.kind == OptionKind::number ? option.most : key.most;
        keys.push_back(std::move(key));
    }
    return keys;
}

namespace {

// What pull requests have to do with a unit.
std::vector<SettingKey> unit_preview_keys() {
    return {
        {"require_preview",
         choice,
         false,
         "a change from git runs only if it was previewed in a merged pull request (digest), and somebody other than "
         "its "
         "author approved that commit (approved); default none",
         {"none", "digest", "approved"}},
    };
}

std::vector<SettingKey> own_unit_keys() {
    return {
        {"name", text, true, "name of the unit in markers and commands, [a-z0-9-]{1,32}", {}},
        {"source", text, true, "name of one of the sources", {}},
        {"path",
         text,
         false,
         "folder inside the source; default: all of it. `teams/*`: a unit for each folder there, NAME-FOLDER",
         {}},
        {"target", text, true, "name of one of the targets", {}},
        {"changes", choice, true, "changes in git: carry them out, or only report them", {"apply", "report"}},
        {"drift", choice, true, "changes made by hand: undo them, or only report them", {"heal", "report"}},
        {"heal_after", duration, false, "how long drift must be seen before it is undone; default 0s", {}},
        {"interval", duration, false, "time between two looks; default 60s", {}},
        {"deadline", duration, false, "longest time of one pass: no step of it begins later; default 30m", {}},
        {"prune",
         choice,
         false,
         "delete owned registrations that left git, or never; default owned",
         {"owned", "never"}},
        {"prune_delay", duration, false, "how long `kedge run` waits before it deletes; default 15m", {}},
        {"on_invalid",
         choice,
         false,
         "with wrong manifests: go on with the good ones, or stop; default continue",
         {"continue", "stop"}},
        {"on_unknown_secret",
         choice,
         false,
         "a secret of which nobody knows whether it was sent: leave it, or send it; default leave",
         {"leave", "send"}},
        {"sign_out",
         choice,
         false,
         "who may release a change that signs people out; default git",
         {"git", "approver", "never", "always"}},
        {"sign_out_at_most",
         number,
         false,
         "with `sign_out: always`: most people that one change may sign out; default any number",
         {}},
        {"secrets",
         texts,
         false,
         "secret references that manifests may name: env:NAME, file:PATH or k8s:SECRET/KEY, globs allowed",
         {}},
        {"limits", mapping, false, "how much may change without a release; see below", {}},
        {"may", mapping, false, "what the authors of the manifests may say; see below", {}},
        {"include", texts, false, "globs of files to read; default: every .yaml and .yml", {}},
        {"exclude", texts, false, "globs of files to leave out", {}},
    };
}

} // namespace

const std::vector<SettingKey>& unit_keys() {
    static const std::vector<SettingKey> keys = [] {
        auto keys = own_unit_keys();
        const auto previews = unit_preview_keys();
        keys.insert(keys.end(), previews.begin(), previews.end());
        return keys;
    }();
    return keys;
}

const std::vector<SettingKey>& network_keys() {
    static const std::vector<SettingKey> keys{
        {"private_urls", boolean, false, "registrations may point at private hosts and plain http; default false", {}},
        {"allow_insecure",
         boolean,
         false,
         "control planes may be plain http, git sources plain http or local paths; default false",
         {}},
    };
    return keys;
}

const std::vector<SettingKey>& limit_keys() {
    static const std::vector<SettingKey> keys{
        {"deletes", limit, false, "deletes and replacements; default 10%", {}},
        {"auth_changes", limit, false, "changes of how a server authenticates; default 10%", {}},
        {"updates", limit, false, "updates and new secrets; default 30%", {}},
        {"creates", limit, false, "creates; default unlimited", {}},
        {"population", number, false, "of fewer owned registrations nothing is limited; default 10", {}},
    };
    return keys;
}

const std::vector<SettingKey>& may_keys() {
    static const std::vector<SettingKey> keys{
        {"names", texts, false, "globs of names", {}},
        {"types", texts, false, "globs of types, as in mcp-server/remote", {}},
        {"hosts", texts, false, "globs of hosts, for every URL in a manifest", {}},
        {"subjects", texts, false, "globs of collaborators, as in team:*", {}},
        {"x_kedge", texts, false, "keys of x-kedge and of .kedge/overrides", {}},
    };
    return keys;
}

const std::vector<SettingKey>& history_keys() {
    static const std::vector<SettingKey> keys{
        {"days", number, false, "what is older is forgotten; default 400", {}, 36'500},
        {"file",
         path,
         false,
         "file that every pass and every change is appended to as a line of JSON, for a SIEM; may be rotated at any "
         "time",
         {}},
    };
    return keys;
}

const std::vector<SettingKey>& notify_keys() {
    static const std::vector<SettingKey> keys{
        {"name", text, true, "name of the receiver in the log, [a-z0-9-]{1,32}", {}},
        {"kind",
         choice,
         true,
         "signed JSON for programs, or what Slack and those who speak like it read",
         {"webhook", "slack"}},
        {"url", credential, true, "where to: the address itself is a secret", {}},
        {"secret", credential, false, "key of the signature; required with `kind: webhook`, which has one", {}},
        {"units", texts, false, "globs of units; default: all", {}},
        {"severity", choice, false, "what is less is not told; default info", {"info", "warning", "error"}},
        {"on",
         texts,
         false,
         "only these: changes, holds, drift, problems, failing, stoppages, commands, settings; default: all",
         {}},
    };
    return keys;
}

} // namespace kedge
