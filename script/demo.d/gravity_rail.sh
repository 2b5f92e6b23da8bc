# Gravity Rail: servers that people made are taken over, switched on and off; one waits for a person. Sourced by script/demo.
# shellcheck shell=bash
workspace=0f8fad5b-d9cb-469f-a165-70867728950e
made() { # NAME [FIELDS]
    admin POST /servers "{\"workspace\":\"$workspace\",\"name\":\"$1\",\"url\":\"https://$1.meridian.example.com/mcp\"${2:+,$2}}"
}

chapter "A control plane and a repository"
sandboxed "Gravity Rail" GR_KEY --api gravity_rail
repository
made handbook '"state":"READY","enabled":true'
made events
made crm '"authType":"oauth"'
made made-in-the-console
tell "People have made four servers in Gravity Rail: its API can switch them on and off and delete them, but not make them."

chapter "Settings, and what would happen"
settings "workspace: $workspace"
planned 'not managed by kedge'
tell
tell "Three of the four are in git. They are somebody else's until a person says which are meant, because names are not unique there."

chapter "A person hands them over"
for name in crm events handbook; do shown kedge adopt "$name"; done
planned 'not checked by the control plane'

chapter "Apply"
applied 3
tell
tell "\"events\" is set up and on. \"crm\" wants OAuth: a person has to sign in, at the address above. kedge never does that for them."

daemon_chapter "what waits for a person"

chapter "Somebody switches a server off"
edited events '{"enabled":false}'
tell "In Gravity Rail, somebody switches \"events\" off."
until_true says events enabled true
tell "A moment later it is on again."

chapter "The person signs in"
edited crm '{"state":"READY"}'
tell "Somebody authorizes \"crm\" in Gravity Rail. Git says that it is to be on, so kedge switches it on:"
until_true says crm enabled true
planned '^No changes'

chapter "A commit"
sed -i 's/enabled: true/enabled: false/' "$world/platform/gravity_rail/mcp-servers/events.yaml"
commit "Events are switched off for the holidays"
until_true says events enabled false
tell "The commit is live: \"events\" is off."

chapter "A new file"
cp "$world/platform/gravity_rail/mcp-servers/handbook.yaml" "$world/platform/gravity_rail/mcp-servers/rates.yaml"
sed -i 's/handbook/rates/; s/^description: .*/description: Freight rates./' "$world/platform/gravity_rail/mcp-servers/rates.yaml"
commit "Freight rates"
planned 'this control plane cannot create'
tell
tell "No page of Gravity Rail says how a server is made, so kedge only shows it. A person makes it there and hands it over,"
tell "or writes: yes in kedge.yaml lets kedge try."

removed_chapter mcp-servers/handbook.yaml handbook "No more handbook"
