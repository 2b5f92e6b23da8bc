#!/usr/bin/env bash
# A real Kubernetes API server (kube-apiserver on etcd): everything of deploy/kubernetes and deploy/helm is taken by it, pods of it pass
# "restricted", its service accounts may do what they need and nothing else, and kedge's own client speaks with it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"
. "$root/script/kubernetes.sh"

: "${KEDGE:?the path of the kedge binary}"
install_kubernetes || exit 1
folder=$(mktemp -d)
declare -A members=()
trap 'kill -9 "${members[@]}" 2>/dev/null || true; stop_sandbox; kube_down; rm -rf "$folder"' EXIT
say "kube-apiserver $kube_version"
kube_up "$folder/cluster" || exit 1
ok kubernetes.server "$(kubectl version -o json | jq -r '.serverVersion.gitVersion')"

# The Prometheus operator is not here; of it only what a ServiceMonitor looks like.
kubectl apply -f - >/dev/null <<'YAML'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: servicemonitors.monitoring.coreos.com}
spec:
  group: monitoring.coreos.com
  names: {kind: ServiceMonitor, plural: servicemonitors, singular: servicemonitor}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [endpoints, selector]
              properties:
                selector: {type: object, properties: {matchLabels: {type: object, additionalProperties: {type: string}}}}
                endpoints:
                  type: array
                  items: {type: object, properties: {port: {type: string}, path: {type: string}, interval: {type: string}}}
YAML
kubectl wait --for=condition=Established --timeout=30s crd/servicemonitors.monitoring.coreos.com >/dev/null

# quiet COMMAND...: succeeds, and nothing is warned of (unknown fields, old versions, pods that would be refused)
quiet() {
    "$@" >"$folder/said" 2>&1 && ! grep -i -E '^(warning|error)' "$folder/said" || { cat "$folder/said"; return 1; }
}
# settings_of FILE: kedge.yaml of the ConfigMap in it
settings_of() { kubectl create --dry-run=client -o json -f "$1" | jq -r 'if .kind == "List" then .items[] else . end | select(.kind == "ConfigMap") | .data["kedge.yaml"]'; }
# settings_are_right NAME FILE: kedge finds no mistake in them; what they name is not at hand here
settings_are_right() {
    settings_of "$2" >"$folder/$1.kedge.yaml"
    [ -s "$folder/$1.kedge.yaml" ] || return 1
    "$KEDGE" validate -c "$folder/$1.kedge.yaml" >"$folder/said" 2>&1 || true
    ! grep -E 'kedge\.yaml(:[0-9]+|":)' "$folder/said"
}
# pods_of FILE NAMESPACE: a pod of each Deployment, as a controller would make it
pods_of() {
    kubectl create --dry-run=client -o json -f "$1" | jq -c --arg space "$2" 'if .kind == "List" then .items[] else . end
        | select(.kind == "Deployment" or .kind == "StatefulSet" or .kind == "Pod")
        | ([.spec.volumeClaimTemplates[]? | {name: .metadata.name, persistentVolumeClaim: {claimName: .metadata.name}}]) as $claims
        | {apiVersion: "v1", kind: "Pod", metadata: {name: (.metadata.name + "-x"), namespace: $space},
            spec: ((.spec.template.spec // .spec) | .volumes += $claims)}'
}
# taken NAME FILE NAMESPACE: dry run, really, again without a change, pods under "restricted"
taken() {
    local name=$1 file=$2 space=$3
    expect "$name.dry-run" "the server takes it" quiet kubectl apply --dry-run=server --validate=strict -f "$file"
    expect "$name.apply" "it is applied" quiet kubectl apply --validate=strict -f "$file"
    expect "$name.again" "nothing differs afterwards" kubectl diff -f "$file"
    pods_of "$file" "$space" >"$folder/$name.pods"
    [ -s "$folder/$name.pods" ] || failed "$name.pods" "there are none"
    expect "$name.pods" "its pods are restricted ones" quiet kubectl create --dry-run=server -f "$folder/$name.pods"
    jq -c '.spec.containers[0].securityContext.allowPrivilegeEscalation = true' "$folder/$name.pods" >"$folder/$name.wide"
    if kubectl create --dry-run=server -f "$folder/$name.wide" >"$folder/said" 2>&1; then
        failed "$name.restricted" "a pod that may escalate was taken"
    elif grep -q 'violates PodSecurity "restricted' "$folder/said"; then
        ok "$name.restricted" "one that may escalate is refused"
    else
        failed "$name.restricted" "$(head -n 1 "$folder/said")"
    fi
    settings_are_right "$name" "$file" && ok "$name.settings" || failed "$name.settings" "$(head -n 3 "$folder/said" | tr '\n' ' ')"
}

for name in standalone sidecar ha ha-lease; do
    space=kedge-$name
    mkdir "$folder/$name"
    # A namespace of its own for each, and the component for Prometheus where there is something to scrape.
    {
        printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: %s\nresources: [../src/kubernetes/%s]\n' "$space" "$name"
        [ "$name" = sidecar ] || printf 'components: [../src/kubernetes/monitoring]\n'
    } >"$folder/$name/kustomization.yaml"
    [ -e "$folder/src" ] || cp -r "$root/deploy" "$folder/src"
    kubectl kustomize "$folder/$name" >"$folder/$name.yaml" 2>"$folder/said" || { failed "$name.kustomize" "$(cat "$folder/said")"; continue; }
    # Settings are taken up by the daemon itself: a name that moved with them would roll the pods.
    echo '# changed' >>"$folder/src/kubernetes/$name/kedge.yaml"
    kubectl kustomize "$folder/$name" >"$folder/$name.changed.yaml"
    cp "$root/deploy/kubernetes/$name/kedge.yaml" "$folder/src/kubernetes/$name/kedge.yaml"
    if pods_of "$folder/$name.yaml" "$space" | cmp -s - <(pods_of "$folder/$name.changed.yaml" "$space") && ! cmp -s "$folder/$name.yaml" "$folder/$name.changed.yaml"; then
        ok "$name.settle" "other settings change no pod"
    else
        failed "$name.settle" "other settings change the pods"
    fi
    kubectl create namespace "$space" --save-config >/dev/null
    taken "$name" "$folder/$name.yaml" "$space"
done

# allowed|refused SPACE ACCOUNT VERB WHAT...: by the server's own authorizer
allowed() { as_account yes "$@"; }
refused() { as_account no "$@"; }
as_account() {
    local wanted=$1 space=$2 account=$3 said
    shift 3
    said=$(kubectl auth can-i "$@" --as "system:serviceaccount:$space:$account" -n "${in_space:-$space}" 2>/dev/null) || true
    if [ "${said%% *}" = "$wanted" ]; then ok "rbac.$space" "$wanted: $*${in_space:+ in $in_space}"; else failed "rbac.$space" "$* should be $wanted, is $said"; fi
}
for probe in "kedge-standalone kedge" "kedge-ha kedge" "kedge-ha-lease kedge" "kedge-sidecar mcp-gateway"; do
    read -r space account <<<"$probe"
    allowed "$space" "$account" get secrets/mcp-secrets
    for what in "get secrets/kedge-credentials" "list secrets" "watch secrets" "update secrets/mcp-secrets" "create secrets" "get configmaps" "create pods" \
        "get pods" "delete leases/kedge" "list leases" "patch leases/kedge" "get leases/other" "create roles" "create serviceaccounts/token"; do
        # shellcheck disable=SC2086
        refused "$space" "$account" $what
    done
    in_space=kube-system refused "$space" "$account" get secrets/mcp-secrets
    in_space=kube-system refused "$space" "$account" get leases/kedge
    lease=refused
    case $space in *lease | *sidecar) lease=allowed ;; esac
    for what in "create leases" "get leases/kedge" "update leases/kedge"; do
        # shellcheck disable=SC2086
        $lease "$space" "$account" $what
    done
done

# The chart: what it refuses, what it makes, and that the server takes it.
chart=$folder/src/helm/kedge
for values in "$chart"/ci/*-values.yaml; do
    name=helm-$(basename "$values" -values.yaml)
    expect "$name.lint" "helm finds nothing" helm lint --strict "$chart" -f "$values"
    space=kedge-$name
    helm template kedge "$chart" --kube-version "$kube_version" -n "$space" -f "$values" >"$folder/$name.yaml" 2>"$folder/said" || { failed "$name.template" "$(cat "$folder/said")"; continue; }
    golden=$root/tests/real/helm/$name.yaml
    [ -z "${KEDGE_REWRITE_GOLDENS:-}" ] || { mkdir -p "${golden%/*}" && cp "$folder/$name.yaml" "$golden"; }
    expect "$name.golden" "the templates make what tests/real/helm says (KEDGE_REWRITE_GOLDENS=1 rewrites it)" diff -u "$golden" "$folder/$name.yaml"
    kubectl create namespace "$space" --save-config >/dev/null
    kubectl label namespace "$space" pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/warn=restricted >/dev/null
    expect "$name.install" "it installs" quiet helm install kedge "$chart" -n "$space" -f "$values"
    expect "$name.upgrade" "it upgrades" quiet helm upgrade kedge "$chart" -n "$space" -f "$values" --set podAnnotations.new=yes
    pods_of "$folder/$name.yaml" "$space" >"$folder/$name.pods"
    expect "$name.pods" "its pods are restricted ones" quiet kubectl create --dry-run=server -f "$folder/$name.pods"
    settings_are_right "$name" "$folder/$name.yaml" && ok "$name.settings" || failed "$name.settings" "$(head -n 3 "$folder/said" | tr '\n' ' ')"
    refused "$space" kedge list secrets
    allowed "$space" kedge get secrets/mcp-secrets
    expect "$name.uninstall" "it goes" quiet helm uninstall kedge -n "$space"
done
kubectl get pvc -n kedge-helm-one kedge-store >/dev/null 2>&1 && ok helm.keeps "the store outlives the release" || failed helm.keeps "the store went with the release"

# turned_down WHY ARGUMENT...
turned_down() {
    local why=$1
    shift
    if helm template kedge "$chart" --kube-version "$kube_version" -f "$chart/ci/one-values.yaml" "$@" >"$folder/said" 2>&1; then
        failed helm.refuses "taken: $*"
    elif grep -q -F "$why" "$folder/said"; then
        ok helm.refuses "$*"
    else
        failed helm.refuses "$*: $(head -n 3 "$folder/said" | tr '\n' ' ')"
    fi
}
turned_down "replicas: 2 members that write without knowing of each other would fight" --set replicas=2
turned_down "settings.installation_key" --set replicas=2 --set lease.kind=kubernetes
turned_down "store.existingClaim: it is one pod's" --set replicas=2 --set lease.kind=kubernetes --set store.existingClaim=x
turned_down "database.host" --set store.kind=postgres
turned_down "database.password.secret" --set store.kind=postgres --set database.host=x
turned_down /lease/kind --set lease.kind=postgres
turned_down "replicas" --set replicas=-1
turned_down "image" --set image.repository=
turned_down /settings/store --set settings.store=/elsewhere
turned_down "replicaz" --set replicaz=2
turned_down "digest" --set image.digest=sha256:short

# kedge's own client, with the token of the sidecar's account.
space=kedge-sidecar
kubectl -n "$space" create secret generic mcp-secrets --from-literal=github=ghp_0123456789abcdef >/dev/null
kubectl -n "$space" create secret generic kedge-credentials --from-literal=tfy-token=x >/dev/null
account=$folder/account
mkdir "$account"
cp "$kube_ca" "$account/ca.crt"
printf %s "$space" >"$account/namespace"
kubectl -n "$space" create token mcp-gateway --duration=10m >"$account/token"
kube_certificates "$folder/other"
export KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=$kube_port KEDGE_SERVICE_ACCOUNT=$account KEDGE_OTHER_CA=$folder/other/ca.crt
tests=${KEDGE_REAL_KUBE_TESTS:-$root/build/dev/tests/real_kube}
if [ -z "${KEDGE_REAL_KUBE_TESTS:-}" ] && ! step "build the tests" "$root/script/build" dev real_kube; then
    failed kubernetes.build "the tests could not be built"
else
    status=0
    timeout 300 "$tests" >"$folder/tests.log" 2>&1 || status=$?
    report_tests kubernetes "$status" "$folder/tests.log"
fi

# The binary: a manifest takes its credential from the cluster, and says what is wrong where it cannot.
start_sandbox "$folder"
mkdir "$folder/manifests"
cat >"$folder/manifests/github.yaml" <<'YAML'
type: mcp-server/remote
name: github
description: Reads issues and pull requests.
url: https://api.githubcopilot.com/mcp/
auth_data:
  type: header
  auth_level: global
  headers:
    Authorization: Bearer ${k8s:mcp-secrets/github}
collaborators:
  - {subject: team:everyone, role_id: mcp-server-user}
YAML
printf %s "$sandbox_token" >"$folder/tfy-token"
cat >"$folder/kedge.yaml" <<YAML
version: 1
installation: prod
store: $folder/store
networks: {allow_insecure: true}
sources: {manifests: {folder: $folder/manifests}}
targets: {acme: {provider: truefoundry, url: "http://127.0.0.1:$sandbox_port", token: "\${file:$folder/tfy-token}"}}
units: [{name: tools, source: manifests, path: ., target: acme, changes: apply, drift: report, secrets: ["k8s:mcp-secrets/*"]}]
YAML
# says NAME STATUS TEXT COMMAND...
says() {
    local name=$1 wanted=$2 text=$3 status=0
    shift 3
    "$KEDGE" "$@" -c "$folder/kedge.yaml" >"$folder/said" 2>&1 || status=$?
    if [ "$status" = "$wanted" ] && grep -q -F -e "$text" "$folder/said" && ! grep -q ghp_ "$folder/said"; then
        ok "$name" "$text"
    else
        cat "$folder/said" >&2
        failed "$name" "it ended with $status, or did not say: $text"
    fi
}
says secret.applied 0 "created" apply --yes
says secret.in-sync 0 "" plan --detailed-exitcode
kubectl -n "$space" create secret generic mcp-secrets --from-literal=github=ghp_fedcba9876543210 --dry-run=client -o yaml | kubectl apply -f - >/dev/null 2>&1
says secret.rotated 2 "k8s:mcp-secrets/github" plan --detailed-exitcode
says secret.sent 0 "" apply --yes

# Members under the real Lease: each with a store of its own, then two on one store.
od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$folder/key"
chmod 600 "$folder/key"
# member NAME STORE: starts one
member() {
    sed -e "s#^store:.*#store: $folder/$2#" "$folder/kedge.yaml" >"$folder/$1.yaml"
    printf 'lease: {kind: kubernetes, name: kedge, duration: 2s, settle: 100ms}\ninstallation_key: %s\nserver: {unix_socket: %s}\n' "$folder/key" "$folder/$1.sock" >>"$folder/$1.yaml"
    HOSTNAME=$1 "$KEDGE" run -c "$folder/$1.yaml" >"$folder/$1.log" 2>&1 &
    members[$1]=$!
}
# ends NAME SIGNAL
ends() {
    kill "-$2" "${members[$1]}"
    wait "${members[$1]}" 2>/dev/null || true
    unset "members[$1]"
}
# heard CHECK NAME TEXT: it says so within half a minute
heard() {
    local tries=0
    until grep -q -s -F -e "$3" "$folder/$2.log"; do
        tries=$((tries + 1))
        [ "$tries" -lt 150 ] || { tail -n 5 "$folder/$2.log" >&2; failed "$1" "$2 does not say: $3"; return; }
        sleep 0.2
    done
    ok "$1" "$2: $3"
}
# held_by_one: what the standby shows
held_by_one() { "$KEDGE" status tools -c "$folder/two.yaml" >"$folder/standby" 2>&1 && grep -q 'held by: .*one-' "$folder/standby"; }
member one first
heard lease.taken one 'shard taken'
heard lease.pass one 'pass ended'
member two second
heard lease.member two 'member'
tries=0
until held_by_one || [ "$tries" -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.2
done
if held_by_one; then ok lease.standby "$(grep 'held by' "$folder/standby")"; else failed lease.standby "$(cat "$folder/standby")"; fi
ends one KILL
heard lease.takeover two 'shard taken'
heard lease.follows two 'pass ended'
member one first
heard lease.member one 'member'
ends two TERM
heard lease.handed-over one 'shard taken'
heard lease.forgets one 'the ledger begins anew'
heard lease.again one 'pass ended'
kubectl -n "$space" delete rolebinding kedge >/dev/null
heard lease.right one "allow it with a Role in $space: resources [leases]"
heard lease.fenced one 'shard lost'
kubectl apply -f "$folder/sidecar.yaml" >/dev/null
heard lease.mended one 'leases can be renewed again'
member three first
heard lease.waits three 'standing by'
ends one KILL
heard lease.store three 'the store is free'
heard lease.goes-on three 'pass ended'
grep -q 'begins anew' "$folder/three.log" && failed lease.keeps "it forgot what it shares" || ok lease.keeps "the shared store is believed"
ends three TERM

sed -i 's#mcp-secrets/github}#mcp-secrets/gitlab}#' "$folder/manifests/github.yaml"
says secret.no-key 1 'hint: put the key gitlab into the Secret mcp-secrets' plan
sed -i 's#mcp-secrets/gitlab}#mcp-secrets/github}#' "$folder/manifests/github.yaml"
cp "$account/token" "$folder/good-token"
printf 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln' >"$account/token"
says secret.expired 0 "it may have expired" plan
cp "$folder/good-token" "$account/token"
says secret.recovered 0 "" plan --detailed-exitcode
kubectl -n "$space" delete rolebinding kedge >/dev/null
says secret.refused 0 "resourceNames [mcp-secrets], verbs [get]" plan
finish
