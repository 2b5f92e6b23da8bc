#!/usr/bin/env bash
# Pull requests on a real Gitea, from the signed webhook to what became of them: the daemon previews in one comment, edits it after a
# push, holds what drifted between review and merge, obeys a release in a comment, and says what it applied.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"
. "$root/script/gitea.sh"

: "${KEDGE:?the path of the kedge binary}"
install_gitea || exit 1

folder=$(mktemp -d)
daemon_pid=
stop_all() {
    [ -z "$daemon_pid" ] || kill "$daemon_pid" 2>/dev/null || true
    [ -z "$daemon_pid" ] || wait "$daemon_pid" 2>/dev/null || true
    gitea_down
    stop_sandbox
    rm -rf "$folder"
}
trap stop_all EXIT

say "Gitea $gitea_version, a sandbox control plane and a repository of manifests"
start_sandbox "$folder" --tenant acme
gitea_up "$folder/gitea" || exit 1
for name in ann bob kedge; do gitea_user "$folder/gitea" "$name"; done
# What docs/previews.md asks for, and no more: an account of its own, one token for the API, one that only reads for git.
gitea_token "$folder/gitea" kedge previews write:issue write:repository read:user
gitea_token "$folder/gitea" kedge clone read:repository
token() { echo "$folder/gitea/$1.token"; }
api() { gitea_api "$(token "$1")" "${@:2}"; }
admin() { curl -fsS -m 20 -X "$1" ${3:+-H 'Content-Type: application/json' -d "$3"} "http://127.0.0.1:$admin_port$2"; }
description_of() { admin GET /servers | jq -r --arg name "$1" '.servers[] | select(.name == $name and .deletedAt == null) | .manifest.description'; }
describes() { [ "$(description_of "$1")" = "$2" ]; }

api keeper POST /user/repos '{"name": "platform", "default_branch": "main", "private": true}' >"$folder/answer"
for name in ann bob; do api keeper PUT "/repos/keeper/platform/collaborators/$name" '{"permission": "write"}'; done
api keeper PUT /repos/keeper/platform/collaborators/kedge '{"permission": "admin"}'

tree=$folder/tree
git_here() { env -i PATH="$PATH" HOME="$folder" GIT_TERMINAL_PROMPT=0 git -C "$tree" -c user.name=ann -c user.email=ann@example.com "$@"; }
push() { git_here push -q "${gitea_url/:\/\//://ann:$(cat "$(token ann)")@}/keeper/platform.git" "$@"; }
manifest() { # NAME DESCRIPTION
    printf 'type: mcp-server/remote\nname: %s\ndescription: %s\nurl: https://%s.example.com/mcp\ncollaborators:\n  - {subject: "team:everyone", role_id: mcp-server-user}\n' \
        "$1" "$2" "$1" >"$tree/mcp/$1.yaml"
}
commit() { git_here add -A && git_here commit -q -m "$1" && git_here rev-parse HEAD; }
mkdir -p "$tree/mcp"
git_here init -q -b main
manifest github "Issues and code"
manifest jira "Tickets"
commit "Our MCP servers" >"$folder/answer"
push main

secret=$(openssl rand -hex 20)
printf %s "$secret" >"$folder/hook-secret"
port=$(free_port)
settings() { # RULE
    cat >"$folder/kedge.yaml" <<YAML
version: 1
installation: real
store: ./store
networks: {allow_insecure: true}
sources:
  platform: {git: "$gitea_url/keeper/platform.git", branch: main, user: kedge, token: "\${file:$folder/gitea/clone.token}"}
targets:
  acme: {provider: truefoundry, url: "http://127.0.0.1:$sandbox_port", token: "\${env:TFY_API_KEY}"}
units:
  - {name: tools, source: platform, path: mcp, target: acme, changes: apply, drift: report, interval: 2s, prune_delay: 0s, sign_out: approver, require_preview: $1}
server:
  listen: 127.0.0.1:$port
  unix_socket: $folder/kedge.sock
  webhooks: [{kind: gitea, secret: "\${file:$folder/hook-secret}"}]
previews:
  page: http://127.0.0.1:$port
  forges:
    tea: {kind: gitea, url: "$gitea_url", token: "\${file:$folder/gitea/previews.token}", repositories: [{repository: keeper/platform, source: platform}]}
YAML
}
export TFY_API_KEY=$sandbox_token
cd "$folder"
settings none
expect previews.first_apply "what is there is applied, and reviewed from then on" "$KEDGE" apply --yes
settings digest
"$KEDGE" run >"$folder/daemon.log" 2>&1 </dev/null &
daemon_pid=$!

# within NAME WHAT COMMAND...: ok once the command succeeds, within 30 seconds
within() {
    local name=$1 what=$2 tries=0
    shift 2
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 150 ]; then
            tail -n 30 "$folder/daemon.log" >&2
            failed "$name" "$what: not so after 30 s"
            return
        fi
        sleep 0.2
    done
    ok "$name" "$what"
}
within previews.daemon "the daemon runs" curl -fsS -m 5 --unix-socket "$folder/kedge.sock" http://kedge/api/v1/units
api keeper POST /repos/keeper/platform/hooks "$(jq -n --arg url "http://127.0.0.1:$port/hooks/gitea" --arg secret "$secret" \
    '{type: "gitea", active: true, events: ["push", "pull_request", "pull_request_sync", "pull_request_comment", "pull_request_review_approved"],
      config: {url: $url, content_type: "json", secret: $secret}}')" >"$folder/answer"

comments() { api keeper GET "/repos/keeper/platform/issues/$1/comments"; }
ours() { comments "$1" | jq -r '[.[] | select(.body | startswith("<!-- kedge"))]'; }
says() { ours "$1" | jq -e --arg text "$2" 'length == 1 and (.[0].body | contains($text))'; }
says_not() { ours "$1" | jq -e --arg text "$2" 'length == 1 and (.[0].body | contains($text) | not)'; }
status_is() { api keeper GET "/repos/keeper/platform/commits/$1/status" | jq -e --arg state "$2" '[.statuses[] | select(.context == "kedge")] | length == 1 and .[0].status == $state'; }
status_says() { api keeper GET "/repos/keeper/platform/commits/$1/status" | jq -e --arg text "$2" '[.statuses[] | select(.context == "kedge")][0].description | contains($text)'; }
open_pull() { # BRANCH TITLE: prints its number; branches reach Gitea's database some time after the push
    for _ in $(seq 40); do
        if api ann POST /repos/keeper/platform/pulls "{\"title\": \"$2\", \"head\": \"$1\", \"base\": \"main\"}" 2>/dev/null | jq -e .number; then return; fi
        sleep 0.5
    done
    failed previews.open "Gitea took no pull request"
}
merge() { # NUMBER: it answers 405 until it knows that it can be merged
    for _ in $(seq 40); do
        api keeper POST "/repos/keeper/platform/pulls/$1/merge" '{"Do": "merge"}' 2>/dev/null && return
        sleep 0.5
    done
    failed previews.merge "Gitea did not merge $1"
}
base_head() { git_here ls-remote "${gitea_url/:\/\//://ann:$(cat "$(token ann)")@}/keeper/platform.git" refs/heads/main | cut -f1; }

say "a pull request, pushed twice"
git_here checkout -q -b words
manifest github "Issues, pull requests and code"
head=$(commit "Say more of GitHub")
push words
number=$(open_pull words "Say more")
within previews.comment "the comment shows the change" says "$number" github
within previews.status "its head has the status" status_is "$head" success
manifest linear "Issues of the product teams"
head=$(commit "And Linear")
push words
within previews.edited "after a push the same comment shows the new plan" says "$number" linear
within previews.status_again "and the new head has the status" status_is "$head" success
expect previews.nothing_written "nothing was written by it" describes github "Issues and code"

say "merged, applied, told"
merge "$number"
within previews.applied "what was previewed is applied" describes github "Issues, pull requests and code"
page_is_read() { curl -fsS -m 20 "$(ours "$1" | jq -r '.[0].body' | grep -oE "http://127.0.0.1:$port/api/v1/previews/[^)]*" | head -n 1)" | grep -F -e "<h1>$2</h1>"; }
expect previews.page "the comment links to the plan's own page" page_is_read "$number" "Say more"
within previews.outcome "the comment tells what became of it" says "$number" "applied"
within previews.base "and so does the commit on main" status_is "$(base_head)" success

say "what drifts between review and merge is held"
git_here fetch -q "${gitea_url/:\/\//://ann:$(cat "$(token ann)")@}/keeper/platform.git" main
git_here checkout -q -B drift FETCH_HEAD
manifest jira "Tickets and sprints"
head=$(commit "Say more of Jira")
push drift
number=$(open_pull drift "Say more of Jira")
within previews.drift_comment "the comment shows the change" says "$number" jira
admin PATCH /servers/jira '{"description": "edited by hand"}' >"$folder/answer"
drifted() { "$KEDGE" status --output json | jq -e '[.. | objects | .drifted? // empty | numbers] | add > 0'; }
within previews.drift "the daemon sees the edit by hand" drifted
merge "$number"
within previews.review "it is held, and the comment says why" says "$number" "the control plane has moved since"
expect previews.not_applied "and not written" describes jira "edited by hand"

say "a release in a comment"
answered() { comments "$1" | jq -e --arg text "$2" '[.[] | select(.user.login == "kedge" and (.body | contains($text)))] | length > 0'; }
digest=$("$KEDGE" holds --output json | jq -r '[.. | objects | select(.name? == "jira" and .digest?) | .digest] | first')
release="{\"body\": \"Agreed with the team.\\n\\nkedge release ${digest:0:12} because it was agreed on Monday\"}"
api ann POST "/repos/keeper/platform/issues/$number/comments" "$release" >"$folder/answer"
within previews.author "its author may not release" answered "$number" "the author of a pull request"
api bob POST "/repos/keeper/platform/issues/$number/comments" "$release" >"$folder/answer"
within previews.released "somebody else who may write may" answered "$number" "Released"
within previews.released_applied "and it is written" describes jira "Tickets and sprints"

say "what is said while kedge is away"
curl -fsS -m 20 -o "$folder/answer" -X PUT -H "Authorization: Bearer $sandbox_token" -H 'Content-Type: application/json' \
    -d '{"manifest": {"type": "mcp-server/remote", "name": "slack", "description": "made in the console", "url": "https://slack.example.com/mcp", "collaborators": [{"subject": "team:everyone", "role_id": "mcp-server-user"}]}}' \
    "http://127.0.0.1:$sandbox_port/api/svc/v1/mcp"
git_here fetch -q "${gitea_url/:\/\//://ann:$(cat "$(token ann)")@}/keeper/platform.git" main
git_here checkout -q -B away FETCH_HEAD
manifest slack "Messages"
commit "Slack by git" >"$folder/answer"
push away
number=$(open_pull away "Slack by git")
within previews.foreign "what is not managed is held" says "$number" foreign
digest=$(ours "$number" | jq -r '.[0].body' | grep -oE 'kedge release [0-9a-f]{12}' | head -n 1 | cut -d' ' -f3)
kill -TERM "$daemon_pid"
wait "$daemon_pid" || true
api bob POST "/repos/keeper/platform/issues/$number/comments" "{\"body\": \"kedge release $digest because it is ours\"}" >"$folder/answer"
"$KEDGE" run >>"$folder/daemon.log" 2>&1 </dev/null &
daemon_pid=$!
within previews.away "it is heard once kedge is back" answered "$number" "Released"
merge "$number"
within previews.away_applied "and counts after the merge" describes slack "Messages"
said_once() { comments "$1" | jq -e --arg text "$2" '[.[] | select(.user.login == "kedge" and (.body | contains($text)))] | length == 1'; }
expect previews.away_once "it was done once" said_once "$number" "Released"
no_secret() { ! grep -q -F -e "$secret" -e "$(cat "$(token previews)")" -e "$(cat "$(token clone)")" -e "$sandbox_token" "$folder/daemon.log"; }
expect previews.log "no secret stands in the log" no_secret
kill -TERM "$daemon_pid"
status=0
wait "$daemon_pid" || status=$?
daemon_pid=
expect previews.stop "the daemon ends well" test "$status" = 0

finish
