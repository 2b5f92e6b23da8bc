#!/usr/bin/env bash
# A real Gitea: what kedge asks of a forge, asked and answered over the wire (tests/real/forge_client_test.cpp).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"
. "$root/script/gitea.sh"

install_gitea || exit 1
tests=${KEDGE_REAL_FORGE_TESTS:-$root/build/dev/tests/real_forge}
if [ -z "${KEDGE_REAL_FORGE_TESTS:-}" ] && ! step "build the tests" "$root/script/build" dev real_forge; then
    failed gitea.build "the tests could not be built"
    exit 1
fi

folder=$(mktemp -d)
trap 'gitea_down; rm -rf "$folder"' EXIT
say "Gitea $gitea_version with five people, a repository and a pull request"
gitea_up "$folder/gitea" || exit 1
for name in ann bob cyd dan eve; do gitea_user "$folder/gitea" "$name"; done
token() { echo "$folder/gitea/$1.token"; }
api() { gitea_api "$(token "$1")" "${@:2}"; }

api keeper POST /user/repos '{"name": "mcp", "default_branch": "main", "private": true}' >"$folder/answer"
for name in ann bob cyd; do api keeper PUT "/repos/keeper/mcp/collaborators/$name" '{"permission": "write"}'; done
api keeper PUT /repos/keeper/mcp/collaborators/dan '{"permission": "read"}'

tree=$folder/tree
git_here() { env -i PATH="$PATH" HOME="$folder" GIT_TERMINAL_PROMPT=0 git -C "$tree" -c user.name=ann -c user.email=ann@example.com "$@"; }
mkdir "$tree"
commit() { echo "$1" >"$tree/$2" && git_here add . && git_here commit -q -m "$1" && git_here rev-parse HEAD; }
push() { git_here push -q "${gitea_url/:\/\//://ann:$(cat "$(token ann)")@}/keeper/mcp.git" "$1"; }
git_here init -q -b main
GITEA_BASE=$(commit first main.yaml)
push main
git_here checkout -q -b feature
commit second feature.yaml >"$folder/answer"
push feature
# Branches reach its database some time after the push: 404 until then.
for _ in $(seq 40); do
    api ann POST /repos/keeper/mcp/pulls '{"title": "Add it", "head": "feature", "base": "main"}' >"$folder/pull" 2>"$folder/why" && break
    sleep 0.5
done
GITEA_PULL=$(jq -r .number "$folder/pull")
# is_head SHA: the pull request has come to know of it
is_head() { [ "$(api keeper GET "/repos/keeper/mcp/pulls/$GITEA_PULL" | jq -r .head.sha)" = "$1" ]; }
approve() { api "$1" POST "/repos/keeper/mcp/pulls/$GITEA_PULL/reviews" "{\"event\": \"APPROVED\", \"commit_id\": \"$2\"}" >"$folder/answer"; }
moved() {
    for _ in $(seq 60); do
        is_head "$1" && return
        sleep 0.5
    done
    failed gitea.push "the pull request did not move to $1"
}
GITEA_EARLIER_HEAD=$(commit third feature.yaml)
push feature
moved "$GITEA_EARLIER_HEAD"
approve bob "$GITEA_EARLIER_HEAD"
GITEA_HEAD=$(commit fourth feature.yaml)
push feature
moved "$GITEA_HEAD"
approve cyd "$GITEA_HEAD"
export GITEA_URL=$gitea_url GITEA_FOLDER=$folder/gitea GITEA_REPOSITORY=keeper/mcp GITEA_BASE GITEA_PULL GITEA_EARLIER_HEAD GITEA_HEAD

status=0
timeout 300 "$tests" --gtest_color=no --gtest_filter='gitea.*' >"$folder/tests.log" 2>&1 || status=$?
report_tests gitea "$status" "$folder/tests.log"
finish
