# Sourced by the tests against a real Kubernetes API server: kube-apiserver, kubectl and Helm, built once from their Go modules into
# the cache, and the server started on etcd and free loopback ports. Needs script/sandbox.sh (ok, failed). kube_down ends what was
# started here.
# shellcheck shell=bash
kube_version=1.33.13
helm_version=3.18.6 # the one that is built on the same Kubernetes libraries: they are compiled once
kube_folder=$cache/kubernetes-$kube_version-helm-$helm_version
kube_pids=()

# `go install` refuses a module that has replace directives, and k8s.io/kubernetes replaces each of its parts by a folder: a module
# of our own replaces them by what is published of the same version.
build_kubernetes() {
    local work gomod patch=${kube_version#1.} version=k8s.io/component-base/version
    work=$(mktemp -d)
    gomod=$(cd "$work" && go mod download -json "k8s.io/kubernetes@v$kube_version" | jq -r .GoMod) || return 1
    {
        printf 'module kedge.test/kubernetes\n\n'
        grep -E '^(go [0-9]|godebug )' "$gomod"
        printf '\nrequire (\n\tk8s.io/kubernetes v%s\n\thelm.sh/helm/v3 v%s\n)\n\nreplace (\n' "$kube_version" "$helm_version"
        sed -n "s#^[[:space:]]*\(k8s.io/[a-z0-9-]*\) => ./staging/.*#\t\1 => \1 v0.$patch#p" "$gomod"
        printf ')\n'
    } >"$work/go.mod"
    rm -rf "$kube_folder"
    mkdir -p "$kube_folder"
    local command
    for command in k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kubectl helm.sh/helm/v3/cmd/helm; do
        (cd "$work" && CGO_ENABLED=0 GOFLAGS=-mod=mod go build ${KEDGE_JOBS:+-p "$KEDGE_JOBS"} -trimpath -o "$kube_folder/" \
            -ldflags "-s -w -X $version.gitVersion=v$kube_version -X $version.gitMajor=1 -X $version.gitMinor=${patch%%.*}" \
            "$command") || return 1
    done
    rm -rf "$work" && touch "$kube_folder/.complete"
}
