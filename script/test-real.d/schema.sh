#!/usr/bin/env bash
# The JSON Schemas against validators that nobody in this project wrote (npm ajv, PyPI jsonschema) and the language server that editors
# use: what kedge accepts they accept, what is wrong in shape all refuse, and what kedge prints fits what it publishes.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"

need python3 node npm curl jq || exit 1
: "${KEDGE:?the path of the kedge binary}"
python=(jsonschema==4.26.0 rfc3339-validator==0.1.4 ruamel.yaml==0.18.6)
modules=(ajv@8.17.1 ajv-formats@3.0.1 yaml-language-server@1.18.0)
tools=$cache/schema-$(printf '%s\n' "${python[@]}" "${modules[@]}" | sha256sum | cut -c 1-12)
install_tools() {
    rm -rf "$tools"
    mkdir -p "$tools/npm"
    python3 -m venv "$tools/venv" && timeout 600 "$tools/venv/bin/pip" install -q "${python[@]}" &&
        (cd "$tools/npm" && timeout 600 npm install --silent --no-audit --no-fund --prefix . "${modules[@]}") && touch "$tools/.complete"
}
[ -e "$tools/.complete" ] || install_tools >&2 || { failed schema.tools "pip or npm could not install ${python[*]} ${modules[*]}"; exit 1; }
export SCHEMA_MODULES=$tools/npm/node_modules

folder=$(mktemp -d)
trap 'stop_sandbox; rm -rf "$folder"' EXIT
here=$root/tests/schema
schema() { echo "$root/docs/schema/$1.json"; }
# A clean environment: neither settings nor a proxy of this machine may reach kedge.
kedge() { env -i PATH=/usr/bin:/bin HOME="$folder" ${host:+TFY_HOST="$host" TFY_API_KEY="$sandbox_token"} timeout 60 "$KEDGE" "$@" </dev/null; }

for kind in manifest settings plan report explain holds history; do
    expect "schema.published.$kind" "docs/schema/$kind.json is what the binary prints" cmp "$(schema "$kind")" <(kedge schema "$kind")
done

"$tools/venv/bin/python" "$here/cases.py" "$here" "$root/manifests" "$folder/cases" >"$folder/cases.tsv"
for kind in manifest settings; do
    awk -F '\t' -v kind="$kind" '$1 == kind { print $3 ".json" }' "$folder/cases.tsv" >"$folder/$kind.files"
    node "$here/judge.js" "$(schema "$kind")" <"$folder/$kind.files" >"$folder/$kind.ajv" 2>>"$folder/reasons"
    "$tools/venv/bin/python" "$here/judge.py" "$(schema "$kind")" <"$folder/$kind.files" >"$folder/$kind.jsonschema" 2>>"$folder/reasons"
    "$tools/venv/bin/python" "$here/judge_kedge.py" "$KEDGE" "$kind" <"$folder/$kind.files" >"$folder/$kind.kedge" 2>>"$folder/reasons" ||
        failed "schema.$kind" "kedge did not judge every case: $(tail -n 1 "$folder/reasons")"
    awk -F '\t' -v kind="$kind" '$1 == kind' "$folder/cases.tsv" | paste - "$folder/$kind.kedge" "$folder/$kind.ajv" "$folder/$kind.jsonschema"
done >"$folder/verdicts.tsv"

changed=0 unjudged=0
while IFS=$'\t' read -r kind expected file name ours ajv jsonschema; do
    if [ "$ours" = beyond ] && [ "$ajv" = refuse ]; then ours=refuse; fi
    if [ "$expected" = same ] && { [ "$ours" = left ] || [ "$ours" = beyond ]; }; then
        unjudged=$((unjudged + 1))
        continue
    fi
    if [ "$ours" = "$ajv" ] && [ "$ajv" = "$jsonschema" ] && { [ "$expected" = same ] || [ "$ours" = "$expected" ]; }; then
        if [ "$expected" = same ]; then changed=$((changed + 1)); else ok "schema.$kind" "$name"; fi
        continue
    fi
    grep -F -e "$file." "$folder/reasons" >&2 || true
    failed "schema.$kind" "$name: wanted $expected; kedge: $ours, ajv: $ajv, jsonschema: $jsonschema"
done <"$folder/verdicts.tsv"
[ "$changed" -gt 1000 ] && ok schema.changed "$changed good documents with one value changed are judged alike, $unjudged not judged" ||
    failed schema.changed "only $changed documents were made"

# printed NAME SCHEMA FILE: what kedge printed fits what it publishes
printed() {
    local judge
    for judge in "node $here/judge.js" "$tools/venv/bin/python $here/judge.py"; do
        if [ "$($judge "$2" <<<"$3" 2>"$folder/why")" = accept ]; then
            ok "schema.$1" "$(basename "${judge##* }")"
        else
            cat "$folder/why" >&2
            failed "schema.$1" "does not fit ${2##*/} (${judge##*/})"
        fi
    done
}
start_sandbox "$folder"
host=http://127.0.0.1:$sandbox_port
admin=http://127.0.0.1:$admin_port
tree=$folder/truefoundry
cp -r "$root/manifests/truefoundry" "$tree"
ours=(--allow-insecure --installation demo --unit gateway --store "$folder/store" --output json)
kedge plan "$tree" "${ours[@]}" >"$folder/plan.json" 2>"$folder/log" || cat "$folder/log" >&2
printed printed.plan "$(schema plan)" "$folder/plan.json"
kedge apply "$tree" "${ours[@]}" --yes >"$folder/report.json" 2>"$folder/log" || cat "$folder/log" >&2
printed printed.report "$(schema report)" "$folder/report.json"

# People do what is held: one signs in to a server that changes its authentication, one registers by hand what git says otherwise.
cat >"$tree/by-hand.yaml" <<'Y'
type: mcp-server/remote
name: by-hand
description: as git has it
url: https://mcp.example.com/mcp
collaborators: [{subject: "team:everyone", role_id: mcp-server-user}]
auth_data: {type: header, auth_level: per_user, headers: {Authorization: "Bearer {{TOKEN}}"}}
Y
sed 's/by-hand/people/; s/as git has it/signed in/' "$tree/by-hand.yaml" >"$tree/people.yaml"
"$tools/venv/bin/python" -c 'import json, sys; from ruamel.yaml import YAML; print(json.dumps(YAML(typ="safe").load(sys.stdin) | {"description": "by hand"}))' \
    <"$tree/by-hand.yaml" | curl -sf -X POST "$admin/servers" -d @- >"$folder/answer"
kedge apply "$tree" "${ours[@]}" --yes >"$folder/first.json" 2>"$folder/log" || true
curl -sf -X POST "$admin/servers/people/auth" -d '{"subjectId": "ann", "source": "overrides"}' >"$folder/answer" ||
    curl -sf -X POST "$admin/servers/people/auth" -d '{"subjectId": "ann", "source": "oauth"}' >"$folder/answer"
sed -i '/^auth_data/d' "$tree/people.yaml"
sed -i 's/^description: .*/description: another text/' "$tree"/ai-gateway/mcp-servers/github.yaml
rm "$tree/ai-gateway/mcp-servers/sentry.yaml"
echo 'type: mcp-server/remote' >"$tree/broken.yaml"
kedge plan "$tree" "${ours[@]}" >"$folder/held.json" 2>"$folder/log" || true
printed printed.held-plan "$(schema plan)" "$folder/held.json"
expect schema.printed.holds "the plan holds by foreign and sign-out" jq -e '[.changes[].holds[].reason] | contains(["foreign", "sign-out"])' "$folder/held.json"
expect schema.printed.finding "the plan has a finding" jq -e '.findings | length > 0' "$folder/held.json"
kedge apply "$tree" "${ours[@]}" --yes >"$folder/held-report.json" 2>"$folder/log" || true
printed printed.held-report "$(schema report)" "$folder/held-report.json"
expect schema.printed.held "the report says what was held" jq -e '[.outcomes[].result] | contains(["held", "done"])' "$folder/held-report.json"

# The questions, asked of the same store by settings; one registration was changed by hand, and another by a commit as well.
cat >"$folder/kedge.yaml" <<Y
version: 1
installation: demo
store: $folder/store
networks: {allow_insecure: true}
sources: {tree: {folder: "$tree"}}
targets: {target: {provider: truefoundry, url: "$host", token: "\${env:TFY_API_KEY}"}}
units: [{name: gateway, source: tree, target: target, changes: apply, drift: report}]
Y
kedge apply --settings "$folder/kedge.yaml" --yes --output json >"$folder/by-settings.json" 2>"$folder/log" || true
moved=atlassian
curl -sf -X PATCH "$admin/servers/$moved" -d '{"description": "edited in the console", "tags": {"note": "by hand"}}' >"$folder/answer"
ask() { kedge "$@" --settings "$folder/kedge.yaml" --output json 2>"$folder/log" || cat "$folder/log" >&2; }
for name in "$moved" people by-hand github; do
    ask explain "$name" >"$folder/explain-$name.json"
    printed "printed.explain-$name" "$(schema explain)" "$folder/explain-$name.json"
done
expect schema.printed.moved "explain tells what a field was before it was changed by hand, and when" \
    jq -e '.change.cause.kind == "live_moved" and .change.cause.moved_seen != null and ([.change.differences[] | select(.moved)] | length > 0)' "$folder/explain-$moved.json"
ask holds >"$folder/holds.json"
printed printed.holds "$(schema holds)" "$folder/holds.json"
expect schema.printed.some-holds "something is held" jq -e '.kind == "holds" and (.changes | length > 0)' "$folder/holds.json"
ask history >"$folder/history.json"
printed printed.history "$(schema history)" "$folder/history.json"
expect schema.printed.some-history "something was done" jq -e '.kind == "history" and (.passes | length > 0)' "$folder/history.json"
kedge validate "$tree" --output json >"$folder/findings.json" 2>"$folder/log" || true
printed printed.findings "$(schema plan)#/\$defs/findings" "$folder/findings.json"

# editor FILE [LINE COLUMN]: what the language server shows
editor() { timeout 60 node "$here/editor.js" "$SCHEMA_MODULES/yaml-language-server/bin/yaml-language-server" "$@"; }
modeline="# yaml-language-server: \$schema=$(schema manifest)"
{ echo "$modeline"; cat "$root/manifests/truefoundry/ai-gateway/mcp-servers/github.yaml"; } >"$folder/good.yaml"
sed 's/^url:.*/url: htps:\/\/example.com/' "$folder/good.yaml" >"$folder/bad.yaml"
printf '%s\ntype: mcp-server/remote\nx-kedge:\n  prune: never\n  \n' "$modeline" >"$folder/started.yaml"
line=$(grep -n '^url:' "$folder/good.yaml" | cut -d : -f 1)
[ -z "$(editor "$folder/good.yaml")" ] && ok schema.editor.good "no marks" || failed schema.editor.good "a good manifest is marked: $(editor "$folder/good.yaml")"
expect schema.editor.bad "a wrong URL is marked at its line" grep -E "^$line: " <(editor "$folder/bad.yaml")
expect schema.editor.help "the field's description is shown" grep -F "the MCP endpoint" <(editor "$folder/good.yaml" "$line" 2)
expect schema.editor.keys "keys of x-kedge are offered" grep -E '^offered:.*\bignore\b' <(editor "$folder/started.yaml" 5 3)
finish
