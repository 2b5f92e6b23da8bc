# IBM ContextForge: the real server and real MCP servers; a lost credential, one that is switched off, one that does not answer.
# Sourced by script/demo.
# shellcheck shell=bash
. "$root/script/contextforge.sh"
stop_plane() { stop_all; }
forge() { # METHOD PATH [JSON]
    curl -fsS -m 60 -X "$1" -H "Authorization: Bearer $(cat "$forge_token")" ${3:+-H 'Content-Type: application/json' -d "$3"} \
        "$url/v1/gateways$2"
}
live() { forge GET '?include_inactive=true&limit=0' | jq -r --arg name "$1" ".[] | select(.name == \$name) | $2"; }
edited() { forge PUT "/$(live "$1" .id)" "$2" >/dev/null; }
switched() { forge POST "/$(live "$1" .id)/state?activate=$2" >/dev/null; }
# What the MCP server of "warehouse" was called with last.
last_call() { curl -fsS "http://127.0.0.1:$warehouse_port/_seen" | jq -r '.[-1].headers.authorization // "no credential"'; }

chapter "A control plane and a repository"
tell "ContextForge $forge_version is installed from PyPI the first time, and needs half a minute to start."
"$root/script/deps" real
install_all
start_mcp "$world/handbook" node "$root/tests/real/recording_mcp.mjs" "$world/handbook"
handbook_port=$mcp_port
start_mcp "$world/warehouse" node "$root/tests/real/recording_mcp.mjs" "$world/warehouse" 'authorization=Bearer hush-warehouse'
warehouse_port=$mcp_port
start_everything "$world/events" sse
events_port=$mcp_port
start_forge "$world/forge"
url=$forge_url page='' plane_pids="${started[*]}"
credential FORGE_TOKEN "$(cat "$forge_token")"
credential MCP_WAREHOUSE_KEY "hush-warehouse"
tell "A real ContextForge listens at $url. Three MCP servers run beside it; \"warehouse\" wants a key."
repository
# ContextForge calls each server when it is registered: here they are the three on this machine.
for server in handbook warehouse events; do
    port=${server}_port
    sed -i "s#https://$server.meridian.example.com/#http://localhost:${!port}/#" "$world/platform/contextforge/mcp-servers/$server.yaml"
done
commit "The addresses of the demo's MCP servers"
forge POST '' "{\"name\":\"made-in-the-console\",\"url\":\"http://localhost:$handbook_port/mcp?by=hand\",\"transport\":\"STREAMABLEHTTP\"}" >/dev/null
tell "Somebody has registered a server by hand; it is in no git repository."

chapter "Settings, and what would happen"
networks='private_urls: true'
settings '' 'secrets: ["env:MCP_*"]'
planned 'not checked by the control plane'
tell
tell "ContextForge has no dry run, so nothing was checked there."

chapter "Apply"
applied 0
[ "$(last_call)" = "Bearer hush-warehouse" ] || die "the MCP server was called with: $(last_call)"
tell
tell "ContextForge has called all three. \"warehouse\" was called with its key, which stands in no file of git."

chapter "Somebody loses a credential"
tell "An update without the key is enough: ContextForge answers 200 and has forgotten it. (The URL is moved so that the call without it succeeds.)"
edited warehouse "{\"url\":\"http://localhost:$handbook_port/mcp?lost=key\"}"
[ "$(live warehouse .authValue)" = null ] || die "the credential is still there"
planned 'its credential is lost'
applied 0
[ "$(last_call)" = "Bearer hush-warehouse" ] || die "the MCP server was called with: $(last_call)"
tell
tell "kedge has sent the key again: the MCP server was called with it."

daemon_chapter
by_hand_chapter handbook description '{"description":"edited by hand at 3 am"}'
wanted="Questions to the data warehouse, since 2019."
commit_chapter mcp-servers/warehouse.yaml "s/^description: .*/description: \"$wanted\"/" \
    "Say how far the warehouse goes back" warehouse description "$wanted"

chapter "A server is switched off in git"
sed -i 's/{transport: SSE}/{transport: SSE, enabled: false}/' "$world/platform/contextforge/mcp-servers/events.yaml"
commit "Events are switched off for the holidays"
until_true says events enabled false
tell "The commit is live: \"events\" is off."
switched events true
tell "Somebody switches it on by hand."
until_true says events enabled false
tell "A moment later it is off again."

chapter "A server that does not answer"
closed=$(free_port)
sed "s#^name: .*#name: rates#; s#^description: .*#description: Freight rates.#; s#^url: .*#url: http://localhost:$closed/mcp#" \
    "$world/platform/contextforge/mcp-servers/handbook.yaml" >"$world/platform/contextforge/mcp-servers/rates.yaml"
commit "Freight rates"
until_true logged 'change blocked.*rates'
tell "ContextForge registers nothing that it cannot reach. kedge says so, goes on with the rest, and tries again with each look:"
grep -m 1 'change blocked.*rates' "$world/daemon.log"

removed_chapter mcp-servers/handbook.yaml handbook "No more handbook"
