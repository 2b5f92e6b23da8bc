#!/usr/bin/env bash
# A real ContextForge, with real MCP servers behind it: first the dialect, asked and answered over the wire (tests/real), then the
# kedge binary, from a folder of manifests to what the MCP servers are sent.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"
. "$root/script/contextforge.sh"

install_all || exit 1
tests=${KEDGE_REAL_TESTS:-$root/build/dev/tests/real_contextforge}
if [ -z "${KEDGE_REAL_TESTS:-}" ] && ! step "build the tests" "$root/script/build" dev real_contextforge; then
    failed contextforge.build "the tests could not be built"
    exit 1
fi

folder=$(mktemp -d)
trap 'stop_all; rm -rf "$folder"' EXIT

say "ContextForge $forge_version three times: as usual, asynchronous, and with a limit of 40 requests a minute"
start_forge "$folder/sync"
export FORGE_SYNC_URL=$forge_url FORGE_SYNC_TOKEN=$forge_token
start_forge "$folder/async" GATEWAY_ASYNC_LIFECYCLE_ENABLED=true
export FORGE_ASYNC_URL=$forge_url FORGE_ASYNC_TOKEN=$forge_token
start_forge "$folder/slow" RATE_LIMIT_LOW_RPM=40 RATE_LIMIT_LOW_BURST=0
export FORGE_SLOW_URL=$forge_url FORGE_SLOW_TOKEN=$forge_token

start_mcp "$folder/open" node "$root/tests/real/recording_mcp.mjs" "$folder/open"
export MCP_OPEN_PORT=$mcp_port
start_mcp "$folder/authed" node "$root/tests/real/recording_mcp.mjs" "$folder/authed" 'authorization=Bearer good'
export MCP_AUTHED_PORT=$mcp_port
# Its packages are found beside it.
ln -s "$mcp_modules/node_modules" "$folder/node_modules"
cp "$root/tests/real/modern_mcp.mjs" "$folder/"
start_mcp "$folder/dual" node "$folder/modern_mcp.mjs" "$folder/dual" stateless
export MCP_DUAL_PORT=$mcp_port
start_mcp "$folder/strict" node "$folder/modern_mcp.mjs" "$folder/strict" reject
export MCP_STRICT_PORT=$mcp_port
start_everything "$folder/everything" streamableHttp
export MCP_EVERYTHING_PORT=$mcp_port
start_everything "$folder/sse" sse
export MCP_SSE_PORT=$mcp_port

status=0
timeout 900 "$tests" --gtest_color=no "${@}" >"$folder/tests.log" 2>&1 || status=$?
report_tests contextforge "$status" "$folder/tests.log"

say "kedge from end to end"
: "${KEDGE:?the path of the kedge binary}"
start_mcp "$folder/guarded" node "$root/tests/real/recording_mcp.mjs" "$folder/guarded" 'authorization=Bearer hush-4711'
guarded_port=$mcp_port
world=$folder/world
mkdir -p "$world/now" "$world/later"
cat >"$world/kedge.yaml" <<YAML
version: 1
installation: real
store: ./store
networks: {allow_insecure: true, private_urls: true}
sources:
  files: {folder: .}
targets:
  sync: {provider: contextforge, url: "$FORGE_SYNC_URL", token: "\${file:$FORGE_SYNC_TOKEN}"}
  async: {provider: contextforge, url: "$FORGE_ASYNC_URL", token: "\${file:$FORGE_ASYNC_TOKEN}", lifecycle: async}
units:
  - {name: now, source: files, path: now, target: sync, changes: apply, drift: heal, secrets: ["env:MCP_TOKEN"]}
  - {name: later, source: files, path: later, target: async, changes: apply, drift: heal}
YAML

# manifest FILE URL [LINE...]: named like the file
manifest() {
    local file=$1 url=$2 name
    name=$(basename "$file" .yaml)
    shift 2
    printf '%s\n' 'type: mcp-server/remote' "name: $name" "description: Tools of $name" "url: $url" \
        'collaborators: [{subject: "team:everyone", role_id: mcp-server-user}]' "$@" >"$world/$file"
}
mcp_token=hush-4711
kedge() {
    local status=0
    (cd "$world" && env -i PATH=/usr/bin:/bin HOME="$folder" LC_ALL=C.UTF-8 MCP_TOKEN="$mcp_token" timeout 300 "$KEDGE" "$@" </dev/null) \
        >"$folder/out.txt" 2>&1 || status=$?
    cat "$folder/out.txt" >>"$folder/all.txt"
    return "$status"
}
# ends NAME STATUS ARGUMENT...: kedge has to end with that
ends() {
    local name=$1 wanted=$2 status=0
    shift 2
    kedge "$@" || status=$?
    if [ "$status" = "$wanted" ]; then
        ok "contextforge.kedge.$name" "$(tail -n 1 "$folder/out.txt")"
    else
        tail -n 60 "$folder/out.txt" >&2
        failed "contextforge.kedge.$name" "ended with $status, not $wanted"
    fi
}
check() { expect "contextforge.kedge.$1" "${@:2}"; }
# Long lines are broken, so blanks and newlines are the same.
says() { [[ "$(tr -s ' \n' '  ' <"$folder/out.txt")" == *"$1"* ]] || { cat "$folder/out.txt"; return 1; }; }
# forge METHOD PATH [JSON]: a person with the same token, at the server of forge_now and token_now
forge() {
    curl -fsS -m 60 -X "$1" -H "Authorization: Bearer $(cat "$token_now")" ${3:+-H 'Content-Type: application/json' -d "$3"} \
        "$forge_now/v1/gateways$2"
}
# of NAME FILTER: what jq says of the one gateway of that name
of() {
    forge GET '?include_inactive=true&limit=0' |
        jq -r --arg name "$1" "[.[] | select(.name == \$name)] | if length == 1 then .[0] | ($2) else \"\(length) of them\" end"
}
is() { [ "$(of "$1" "$2")" = "$3" ] || { of "$1" "$2"; return 1; }; }
sent() { curl -sS "http://127.0.0.1:$guarded_port/_seen" | jq -r '.[-1].headers.authorization // "nothing"'; }
was_sent() { [ "$(sent)" = "$1" ] || { sent; return 1; }; }

forge_now=$FORGE_SYNC_URL token_now=$FORGE_SYNC_TOKEN
header='auth_data: {type: header, headers: {Authorization: "Bearer ${env:MCP_TOKEN}"}}'
manifest now/guarded.yaml "http://127.0.0.1:$guarded_port/mcp" "$header" 'tags: {team: core}'
manifest now/plain.yaml "http://127.0.0.1:$MCP_EVERYTHING_PORT/mcp?of=kedge"
manifest now/switch.yaml "http://127.0.0.1:$MCP_SSE_PORT/sse" 'x-kedge: {contextforge: {transport: SSE, enabled: false}}'
forge POST '' "{\"name\": \"by-hand\", \"url\": \"http://127.0.0.1:$MCP_OPEN_PORT/mcp?by=hand\", \"transport\": \"STREAMABLEHTTP\"}" >/dev/null
by_hand=$(of by-hand '[.id, .version, .description] | @json')
untouched() { is by-hand '[.id, .version, .description] | @json' "$by_hand"; }
ends plan 2 plan -u now --detailed-exitcode
check plan-says-that-nothing-checked-it "not said" says 'not checked by the control plane'
check plan-writes-nothing "it is there" is guarded . '0 of them'
ends apply 0 apply -u now --yes
check enabled "it is not" is plain '[.enabled, .reachable] | @json' '[true,true]'
check disabled "it is not" is switch '[.enabled, .transport] | @json' '[false,"SSE"]'
check marker "it has none" is guarded '[.tags[].id | select(startswith("kedge:real.now."))] | length' 1
check credential "not sent" was_sent 'Bearer hush-4711'
check foreign-stays "it does not" untouched
versions() { for name in guarded plain switch; do of "$name" .version; done; }
before=$(versions)
ends then-nothing-is-left-to-do 0 plan -u now --detailed-exitcode
ends then-nothing-is-written 0 apply -u now --yes
unmoved() { [ "$(versions)" = "$before" ]; }
check no-version-moved "it has moved" unmoved

say "somebody wipes a credential, edits a description, switches one on"
forge PUT "/$(of plain .id)" '{"description": "edited by hand"}' >/dev/null
forge POST "/$(of switch .id)/state?activate=true" >/dev/null
# A wipe is refused where the MCP server refuses a call without the credential: another one stands in.
forge PUT "/$(of guarded .id)" "{\"url\": \"http://127.0.0.1:$MCP_OPEN_PORT/mcp?of=wipe\"}" >/dev/null
check wiped "it is not" is guarded .authValue null
ends drift-is-seen 2 plan -u now --detailed-exitcode
check drift.credential "not said" says 'its credential is lost'
check drift.description "not said" says 'edited by hand'
check drift.switch "not said" says '+ x-kedge.contextforge.enabled: false'
ends drift-is-healed 0 apply -u now --yes
check healed.credential "not sent" was_sent 'Bearer hush-4711'
check healed.description "it is not" is plain .description 'Tools of plain'
check healed.switch "it is not" is switch .enabled false
ends then-nothing-is-left-to-do-again 0 plan -u now --detailed-exitcode

say "a new value of a secret that the MCP server does not take, and then the old one"
mcp_token=hush-0815
ends wrong-secret-is-blocked 3 apply -u now --yes
check wrong-secret.says-why "not said" says '401 Unauthorized'
forge POST "/$(of guarded .id)/tools/refresh" >/dev/null
check wrong-secret.old-one-is-kept "it is not" was_sent 'Bearer hush-4711'
mcp_token=hush-4711
ends right-secret-again 0 plan -u now --detailed-exitcode

say "a server that does not answer, one that leaves git, one that is switched on in git"
manifest now/dead.yaml "http://127.0.0.1:$(free_port)/mcp"
rm "$world/now/plain.yaml"
manifest now/switch.yaml "http://127.0.0.1:$MCP_SSE_PORT/sse" 'x-kedge: {contextforge: {transport: SSE}}'
ends blocked-is-not-failed 3 apply -u now --yes
check blocked.says-why "not said" says 'All connection attempts failed'
check blocked.stores-nothing "it is there" is dead . '0 of them'
check deleted "it is there" is plain . '0 of them'
check switched-on "it is not" is switch .enabled true
check foreign-still-stays "it does not" untouched
rm "$world/now/dead.yaml"
ends then-nothing-is-left-to-do-at-last 0 plan -u now --detailed-exitcode

say "the asynchronous one"
forge_now=$FORGE_ASYNC_URL token_now=$FORGE_ASYNC_TOKEN
manifest later/open.yaml "http://127.0.0.1:$MCP_OPEN_PORT/mcp?of=later"
manifest later/dead.yaml "http://127.0.0.1:$(free_port)/mcp"
ends async.pending-is-blocked 3 apply -u later --yes
check async.active "it is not" is open '[.status, .reachable] | @json' '["active",true]'
check async.stored-all-the-same "it is not" is dead .status pending
check async.says-why "not said" says 'All connection attempts failed'
ends async.plan-shows-what-waits 0 plan -u later --detailed-exitcode
check async.plan-says-why "not said" says 'State, not compared: dead'
manifest later/open.yaml "http://127.0.0.1:$MCP_OPEN_PORT/mcp?of=later" 'tags: {team: core}'
rm "$world/later/dead.yaml"
ends async.update-and-delete 0 apply -u later --yes
check async.updated "it is not" is open '[.tags[].id] | contains(["team:core"])' true
check async.deleted "it is there" is dead . '0 of them'
rm "$world/later/open.yaml"
manifest later/other.yaml "http://127.0.0.1:$MCP_OPEN_PORT/mcp?of=other"
ends async.another 0 apply -u later --yes
check async.deleted-too "it is there" is open . '0 of them'
ends async.then-nothing-is-left-to-do 0 plan -u later --detailed-exitcode

silent() { [ -s "$folder/all.txt" ] && ! grep -n hush- "$folder/all.txt"; }
check no-secret-is-printed "one is" silent
finish
