#!/usr/bin/env bash
# GitHub without GitHub: every request of the golden files against GitHub's own OpenAPI documents (npm @octokit/openapi), cloud and
# enterprise, and the client that sends them against an emulator of its API (npm emulate), for comments and check runs.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"

need node npm curl jq || exit 1
modules=(@octokit/openapi@23.0.2 emulate@0.11.2 ajv@8.17.1 ajv-formats@3.0.1)
tools=$cache/github-$(printf '%s\n' "${modules[@]}" | sha256sum | cut -c 1-12)
install_tools() {
    rm -rf "$tools"
    mkdir -p "$tools"
    (cd "$tools" && timeout 600 npm install --silent --no-audit --no-fund --prefix . "${modules[@]}") && touch "$tools/.complete"
}
[ -e "$tools/.complete" ] || install_tools >&2 || { failed github.tools "npm could not install ${modules[*]}"; exit 1; }
export GITHUB_MODULES=$tools/node_modules

folder=$(mktemp -d)
emulator=
stop_emulator() {
    [ -n "$emulator" ] || return 0
    kill "$emulator" 2>/dev/null || true
    wait "$emulator" 2>/dev/null || true
}
trap 'stop_emulator; rm -rf "$folder"' EXIT

documents=$GITHUB_MODULES/@octokit/openapi/generated
golden=$root/tests/forge/golden/github.json
for name in api.github.com ghec ghes-3.17 ghes-3.19; do
    if ! node "$root/tests/forge/openapi.js" "$golden" "$documents/$name.deref.json" >"$folder/$name.lines"; then
        failed "github.openapi.$name" "the document could not be read"
    fi
    cat "$folder/$name.lines"
    failures=$((failures + $(grep -c '^FAILED ' "$folder/$name.lines" || true)))
done
# A judge that takes everything would say ok as well.
jq '.[].requests[].body |= (if .state then .state = "succes" elif .body then del(.body) else . end)' "$golden" >"$folder/wrong.json"
node "$root/tests/forge/openapi.js" "$folder/wrong.json" "$documents/api.github.com.deref.json" >"$folder/wrong.lines"
expect github.openapi.bites "wrong bodies are refused" test "$(grep -c '^FAILED ' "$folder/wrong.lines")" -ge 6

tests=${KEDGE_REAL_FORGE_TESTS:-$root/build/dev/tests/real_forge}
if [ -z "${KEDGE_REAL_FORGE_TESTS:-}" ] && ! step "build the tests" "$root/script/build" dev real_forge; then
    failed github.build "the tests could not be built"
    exit 1
fi

# Its packages are found beside it.
ln -s "$GITHUB_MODULES" "$folder/node_modules"
cp "$root/tests/real/github_emulator.mjs" "$folder/"
(cd "$folder" && exec node github_emulator.mjs "$folder/port") >"$folder/emulator.log" 2>&1 </dev/null &
emulator=$!
come_up github.emulator "$folder/emulator.log" "$emulator" 20 test -s "$folder/port" || exit 1
GITHUB_URL=http://127.0.0.1:$(cat "$folder/port")
export GITHUB_URL GITHUB_APP_KEY=$folder/port.pem
api() {
    curl -fsS -m 30 -X "$1" -H 'Authorization: Bearer bot_token' ${3:+-H 'Content-Type: application/json' -d "$3"} "$GITHUB_URL$2"
}
main=$(api GET /repos/keeper/mcp/git/ref/heads/main | jq -r .object.sha)
api POST /repos/keeper/mcp/git/refs "{\"ref\": \"refs/heads/feature\", \"sha\": \"$main\"}" >"$folder/answer"
api PUT /repos/keeper/mcp/contents/a.yaml '{"message": "add it", "content": "YQ==", "branch": "feature"}' >"$folder/answer"
api POST /repos/keeper/mcp/pulls '{"title": "Add it", "head": "feature", "base": "main"}' >"$folder/pull"
GITHUB_PULL=$(jq -r .number "$folder/pull") GITHUB_HEAD=$(jq -r .head.sha "$folder/pull")
export GITHUB_PULL GITHUB_HEAD

status=0
timeout 300 "$tests" --gtest_color=no --gtest_filter='github.*' >"$folder/tests.log" 2>&1 || status=$?
report_tests github "$status" "$folder/tests.log"
finish
