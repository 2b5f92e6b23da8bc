# TrueFoundry: dry runs, an auth change that would sign people out, its release in git. Sourced by script/demo.
# shellcheck shell=bash
manifest=.manifest

chapter "A control plane and a repository"
sandboxed TrueFoundry TFY_API_KEY --tenant acme --knob auth_list_shows_oauth=true
export TFY_HOST=$url
repository
by_hand '{"type":"mcp-server/remote","name":"made-in-the-console","description":"Somebody clicked this together","url":"https://console.example.com/mcp","collaborators":[]}'

chapter "What would happen? Nothing but a token is needed"
shown kedge plan "$world/platform/truefoundry" --allow-insecure

chapter "Settings say in whose name registrations are owned"
settings
shown kedge apply --yes

daemon_chapter

by_hand_chapter github description '{"description":"edited in the console at 3 am"}'

wanted="Issues, pull requests and code search (read only)"
commit_chapter ai-gateway/mcp-servers/github.yaml "s/^description: .*/description: $wanted/" \
    "Say what the GitHub server is for" github description "$wanted"

chapter "A pull request: what would merging it do?"
tell "A branch takes a server away and moves the address of another. In a CI job, or for every pull request once kedge knows the forge:"
git -C "$world/platform" checkout -q -b cleanup
rm "$world/platform/truefoundry/ai-gateway/mcp-servers/freight-rates.yaml"
sed -i 's#^url: https://\([^/]*\)/#url: https://eu.\1/#' "$world/platform/truefoundry/ai-gateway/mcp-servers/atlassian.yaml"
commit "Tidy up"
shown kedge preview --checkout "$world/platform" --source platform --base main --head cleanup
git -C "$world/platform" checkout -q main

chapter "An auth change would sign people out"
name=notion
admin POST "/servers/$name/auth" '{"subjectId":"ann","subjectType":"user","source":"oauth"}'
admin POST "/servers/$name/auth" '{"subjectId":"bob","subjectType":"user","source":"oauth"}'
tell "Two people have signed in to \"$name\". A commit moves its token URL:"
sed -i 's#^\( *token_url: https://\)\([^/]*\)/#\1login.\2/#' "$world/platform/truefoundry/ai-gateway/mcp-servers/$name.yaml"
commit "Move $name to the new identity provider"
tell "The control plane asks for an acknowledgement (417); kedge holds the change and says why:"
held "$name"

chapter "A person says yes to exactly that change, in git"
released "$name" "announced to all users on Monday" "Release the move of $name" "at_most: 2"
tell "Done, with forceDelete, once. \"$name\" now asks at $(live "$name" .manifest.auth_data.token_url)."

removed_chapter ai-gateway/mcp-servers/snowflake.yaml snowflake "Snowflake is gone"
