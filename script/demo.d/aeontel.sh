# Aeontel: no dry run, hidden secrets, a connector that waits for a person. Sourced by script/demo.
# shellcheck shell=bash
chapter "A control plane and a repository"
sandboxed Aeontel AEONTEL_KEY --api aeontel
credential MCP_WAREHOUSE_KEY "hush-warehouse"
credential MCP_WIKI_SECRET "hush-wiki"
repository
by_hand '{"workspaceId":"wsp_meridian","name":"made-in-the-console","url":"https://console.example.com/mcp"}'

chapter "Settings, and what would happen"
settings 'workspace: wsp_meridian' 'secrets: ["env:MCP_*"]'
planned 'not checked by the control plane'
tell
tell "Aeontel has no dry run, so nothing was checked there. kedge reads each server again right before it writes."

chapter "Apply"
applied 3
waits() { [ "$(live github .connectorStatus)" = disconnected ]; }
until_true waits
tell
tell "Four servers are there. \"github\" comes out of Aeontel's catalogue: it works once a person connects it in a browser."
tell "kedge does not press that button. It says what is missing, and ends with 3: done, but something waits."

daemon_chapter
by_hand_chapter handbook url '{"url":"https://somewhere-else.example.com/mcp"}'
commit_chapter mcp-servers/wiki.yaml 's/scopes: .*/scopes: [wiki.read, wiki.write, offline_access]/' \
    "The wiki may be written" wiki oauthScopes "wiki.read wiki.write offline_access"

chapter "The person connects the connector"
planned 'github needs a person'
edited github '{"connectorStatus":"connected"}'
tell
tell "Somebody opens the Aeontel workspace in a browser and connects GitHub:"
planned '^No changes'
if grep -q 'needs a person' "$world/plan.txt"; then die "the plan still says that a person is needed"; fi

removed_chapter mcp-servers/warehouse.yaml warehouse "The warehouse is gone"
