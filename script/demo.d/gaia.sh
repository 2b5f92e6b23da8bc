# GAIA AI: a success that means nothing, and a field that cannot be updated. Sourced by script/demo.
# shellcheck shell=bash
chapter "A control plane and a repository"
sandboxed "GAIA AI" GAIA_API_KEY --api gaia
credential MCP_WAREHOUSE_KEY "hush-warehouse"
credential MCP_BOOKINGS_URL "postgres://reader:hush-bookings@replica.meridian.example.com/bookings"
repository
by_hand '{"projectId":"meridian","name":"made-in-the-console","transportType":"streamable-http","url":"https://console.example.com/mcp"}'

chapter "Settings, and what would happen"
settings 'project: meridian' 'secrets: ["env:MCP_*"]'
planned 'not checked by the control plane'
tell
tell "GAIA AI has no dry run, so nothing was checked there. (With validate: yes it is asked whether a server answers.)"

chapter "Apply"
applied 0
tell
tell "GAIA AI says \"success\" also to what it drops, so kedge has read each of them back."

daemon_chapter
by_hand_chapter handbook description '{"description":"edited in the console at 3 am"}'
wanted="Questions to the data warehouse, since 2019."
commit_chapter mcp-servers/warehouse.yaml "s/^description: .*/description: \"$wanted\"/" \
    "Say how far the warehouse goes back" warehouse description "$wanted"

chapter "A field that cannot be updated"
old=$(live bookings .id)
tell "\"bookings\" is a process that GAIA AI starts. A commit changes its arguments, which GAIA AI takes only when a server is made:"
sed -i 's/"--read-only"\]/"--read-only", "--schema=public"]/' "$world/platform/gaia/mcp-servers/bookings.yaml"
commit "Only the public schema"
held bookings
tell
tell "A replacement gets another id. That is nothing to do in passing: it is held until somebody says yes."

chapter "A person says yes to exactly that change, in git"
released bookings "nobody uses it at night" "Release the replacement of bookings"
new=$(live bookings .id)
[ -n "$new" ] && [ "$new" != "$old" ] || die "bookings was not replaced: $old, $new"
tell "\"bookings\" is now $new, with: $(live bookings .args)"
tell "The old one, $old, was deleted after the new one was there."

removed_chapter mcp-servers/events.yaml events "No more events"
