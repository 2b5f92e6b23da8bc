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

install_kubernetes() {
    need etcd jq curl openssl python3 || return 1
    # Debian's is too old for it, so script/deps cannot bring it.
    command -v go >/dev/null || { failed kubernetes.go "Go is not installed; https://go.dev/dl"; return 1; }
    [ -e "$kube_folder/.complete" ] || step "build Kubernetes $kube_version and Helm $helm_version" build_kubernetes >&2 ||
        { failed kubernetes.install "Kubernetes $kube_version could not be built"; return 1; }
}

# kube_certificates FOLDER: an authority, the server's certificate, and the key that signs tokens of service accounts.
kube_certificates() {
    (
        mkdir -p "$1" && cd "$1"
        openssl ecparam -name prime256v1 -genkey -noout -out ca.key
        openssl req -x509 -new -key ca.key -subj /CN=kedge-test-ca -days 30 -out ca.crt \
            -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
        openssl ecparam -name prime256v1 -genkey -noout -out server.key
        printf 'subjectAltName=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' >server.ext
        openssl req -new -key server.key -subj /CN=localhost |
            openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out server.crt -extfile server.ext
        openssl genrsa -out accounts.key 2048
    ) 2>/dev/null
}

# kube_up FOLDER: sets kube_port, kube_config (an administrator's) and kube_ca.
kube_up() {
    local folder=$1 waited=0 token etcd_port peer_port
    mkdir -p "$folder"
    folder=$(realpath "$folder")
    kube_certificates "$folder/pki"
    read -r kube_port etcd_port peer_port < <(python3 -c '
import socket
held = [socket.socket() for _ in range(3)]
for s in held: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in held])')
    kube_ca=$folder/pki/ca.crt kube_config=$folder/admin.kubeconfig
    token=$(openssl rand -hex 16)
    (umask 077 && printf '%s,admin,1,"system:masters"\n' "$token" >"$folder/tokens.csv")
    etcd --data-dir "$folder/etcd" --unsafe-no-fsync --listen-client-urls "http://127.0.0.1:$etcd_port" \
        --advertise-client-urls "http://127.0.0.1:$etcd_port" --listen-peer-urls "http://127.0.0.1:$peer_port" \
        --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" --initial-cluster "default=http://127.0.0.1:$peer_port" \
        >"$folder/etcd.log" 2>&1 </dev/null &
    kube_pids+=($!)
    "$kube_folder/kube-apiserver" --etcd-servers="http://127.0.0.1:$etcd_port" --bind-address=127.0.0.1 --advertise-address=127.0.0.1 \
        --secure-port="$kube_port" --tls-cert-file="$folder/pki/server.crt" --tls-private-key-file="$folder/pki/server.key" \
        --client-ca-file="$kube_ca" --token-auth-file="$folder/tokens.csv" --authorization-mode=RBAC \
        --service-cluster-ip-range=10.96.0.0/24 --service-account-issuer=https://kubernetes.default.svc \
        --service-account-key-file="$folder/pki/accounts.key" --service-account-signing-key-file="$folder/pki/accounts.key" \
        --endpoint-reconciler-type=none >"$folder/kube.log" 2>&1 </dev/null &
    kube_pids+=($!)
    cat >"$kube_config" <<YAML
apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: admin}}]
clusters: [{name: test, cluster: {server: "https://127.0.0.1:$kube_port", certificate-authority: "$kube_ca"}}]
users: [{name: admin, user: {token: "$token"}}]
YAML
    until [ "$(curl -s -m 5 --cacert "$kube_ca" -H "Authorization: Bearer $token" "https://127.0.0.1:$kube_port/readyz")" = ok ]; do
        waited=$((waited + 1))
        if [ "$waited" -gt 600 ] || ! kill -0 "${kube_pids[@]}" 2>/dev/null; then
            tail -n 10 "$folder/kube.log" "$folder/etcd.log" >&2
            failed kubernetes "did not start"
            return 1
        fi
        sleep 0.2
    done
}

# Nothing of the caller's clusters reaches these.
kubectl() { env -i PATH="$PATH" HOME="${kube_config%/*}" "$kube_folder/kubectl" --kubeconfig "$kube_config" "$@"; }
helm() { env -i PATH="$PATH" HOME="${kube_config%/*}" KUBECONFIG="$kube_config" "$kube_folder/helm" "$@"; }

kube_down() {
    local i
    for ((i = ${#kube_pids[@]} - 1; i >= 0; i--)); do # the server before its database
        kill "${kube_pids[i]}" 2>/dev/null || true
        wait "${kube_pids[i]}" 2>/dev/null || true
    done
    kube_pids=()
}
