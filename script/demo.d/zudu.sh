# Zudu AI: approvals of tools, and deletes that have to be switched on. Sourced by script/demo.
# shellcheck shell=bash
chapter "A control plane and a repository"
key=$(openssl rand -hex 8) secret=$(openssl rand -hex 16)
sandboxed "Zudu AI" ZUDU_SANDBOX_TOKEN --api zudu --token "$key:$secret:admin"
credentials=()
credential ZUDU_API_KEY "$key"
credential ZUDU_API_SECRET "$secret"
credential MCP_WAREHOUSE_KEY "hush-warehouse"
repository
by_hand '{"name":"made-in-the-console","url":"https://console.example.com/mcp"}'

chapter "Settings, and what would happen"
keys='secret: "${env:ZUDU_API_SECRET}"'
settings "$keys" 'secrets: ["env:MCP_*"]'
planned 'not checked by the control plane'
tell
tell "Zudu AI has no dry run, so nothing was checked there. Nor does its API have a delete; see below."

chapter "Apply"
applied 0

daemon_chapter
by_hand_chapter handbook description '{"description":"edited in the console at 3 am"}'
wanted="Tickets of customers, open and closed."
commit_chapter mcp-servers/tickets.yaml "s/^description: .*/description: \"$wanted\"/" \
    "Say which tickets" tickets description "$wanted"

chapter "Somebody approves one more tool"
approved() { live tickets '[.tool_approval_hashes[].tool_name] | sort | join(", ")'; }
tell "Tools of \"tickets\" run once they are approved. Git approves: $(approved)."
edited tickets "$(curl -fsS "http://127.0.0.1:$admin_port/servers" | jq -c '[.servers[] | select(.name == "tickets")][0]
    | {tool_approval_hashes: (.tool_approval_hashes + [{tool_name: "refund", tool_hash: "ab", approval_policy: "auto_approved"}])}')"
tell "In the console, somebody approves \"refund\" as well."
revoked() { [ "$(approved)" = "close, search" ]; }
until_true revoked
tell "A moment later these are approved: $(approved). kedge took the other one back."

chapter "A file is removed, and nothing can be deleted"
git -C "$world/platform" rm -q zudu/mcp-servers/handbook.yaml
commit "No more handbook"
planned 'no longer in git stays'
stays handbook
tell
tell "\"handbook\" stays as it is, and the plan says so."

chapter "Deletes are switched on"
stop_daemon
settings "$keys, deletes: yes" 'secrets: ["env:MCP_*"]' >/dev/null
tell "kedge.yaml now says deletes: yes. It sends a request that no page of Zudu AI has, and believes it only once a get says 404."
start_daemon
gone() { [ -z "$(live handbook .name)" ]; }
until_true gone
stays made-in-the-console
tell "\"handbook\" was kedge's own: deleted. \"made-in-the-console\" is not: it is still there."
