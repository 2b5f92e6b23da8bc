#!/usr/bin/env bash
# A real ContextForge, with real MCP servers behind it: the dialect asked and answered over the wire (tests/real).
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

# One line for each test, whatever else it prints.
status=0
timeout 900 "$tests" --gtest_color=no "${@}" >"$folder/tests.log" 2>&1 || status=$?
while read -r verdict name; do
    case $verdict in
    OK) ok "contextforge.$name" ;;
    *) failed "contextforge.$name" "see above" ;;
    esac
done < <(sed -n -e 's/^\[       OK \] \([^ ]*\).*/OK \1/p' -e 's/^\[  FAILED  \] \([^ ,]*\) (.*/FAILED \1/p' "$folder/tests.log")
if [ "$status" != 0 ]; then
    cat "$folder/tests.log" >&2
    [ "$failures" -gt 0 ] || failed contextforge.tests "ended with $status"
fi
finish
