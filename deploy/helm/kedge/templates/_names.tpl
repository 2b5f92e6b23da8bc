{{- define "kedge.name" -}}
{{- if contains "kedge" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-kedge" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "kedge.account" -}}
{{- .Values.serviceAccount.name | default (include "kedge.name" .) }}
{{- end }}

{{- define "kedge.selector" -}}
app.kubernetes.io/name: kedge
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kedge.labels" -}}
{{ include "kedge.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "kedge.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- /* What must not be installed. Every template begins with it. */ -}}
{{- define "kedge.check" -}}
{{- $several := gt (int .Values.replicas) 1 }}
{{- $postgres := eq .Values.store.kind "postgres" }}
{{- if and $several (not $postgres) (eq .Values.lease.kind "none") }}
{{- fail (printf "replicas: %d members that write without knowing of each other would fight; set lease.kind to kubernetes (one writes, the others stand by), or store.kind to postgres" (int .Values.replicas)) }}
{{- end }}
{{- if and $several .Values.store.existingClaim }}
{{- fail "store.existingClaim: it is one pod's; several members have a volume each" }}
{{- end }}
{{- if and $postgres (not .Values.database.host) }}
{{- fail "database.host: store.kind postgres needs it" }}
{{- end }}
{{- if and $postgres (not .Values.database.password.secret) }}
{{- fail "database.password.secret: store.kind postgres needs the name of the Secret that holds the password" }}
{{- end }}
{{- range $key := list "installation" "sources" "targets" "units" }}
{{- if not (hasKey $.Values.settings $key) }}
{{- fail (printf "settings.%s: it is needed, see docs/settings.md" $key) }}
{{- end }}
{{- end }}
{{- if and (or $several $postgres) (not (hasKey .Values.settings "installation_key")) }}
{{- fail "settings.installation_key: members share it, so that each knows what the others sent; name a file of credentials, as in /run/secrets/kedge/installation-key" }}
{{- end }}
{{- end }}

{{- /* kedge.yaml: the settings of the values, and what the chart knows better. */ -}}
{{- define "kedge.settings" -}}
{{- $settings := deepCopy .Values.settings }}
{{- $_ := set $settings "version" 1 }}
{{- if eq .Values.store.kind "postgres" }}
{{- $_ := set $settings "store" "postgres" }}
{{- $database := pick .Values.database "host" "name" "user" "tls" }}
{{- $_ := set $database "port" (int .Values.database.port) }}
{{- $_ := set $database "password" "${file:/run/secrets/kedge/database-password}" }}
{{- $_ := set $settings "database" $database }}
{{- else }}
{{- $_ := set $settings "store" "/var/lib/kedge" }}
{{- if eq .Values.lease.kind "none" }}{{ $_ := set $settings "single" true }}{{ end }}
{{- end }}
{{- if ne .Values.lease.kind "none" }}
{{- $lease := dict "kind" .Values.lease.kind }}
{{- $_ := set $lease "name" .Values.lease.name }}
{{- if .Values.lease.duration }}{{ $_ := set $lease "duration" .Values.lease.duration }}{{ end }}
{{- $_ := set $settings "lease" $lease }}
{{- end }}
{{- $server := deepCopy (default dict $settings.server) }}
{{- $_ := set $server "unix_socket" "/run/kedge/kedge.sock" }}
{{- $_ := set $server "health" (dict "listen" (printf "0.0.0.0:%d" (int .Values.health.port))) }}
{{- $_ := set $settings "server" $server }}
{{- toYaml $settings }}
{{- end }}

{{- define "kedge.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "kedge.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- /* Volumes that the daemon and the test of its settings share. */ -}}
{{- define "kedge.volumes" -}}
- name: settings
  configMap: {name: {{ include "kedge.name" . }}}
- name: credentials
  projected:
    defaultMode: 0440
    sources:
      {{- range .Values.credentials }}
      - secret: {name: {{ .secret }}, items: [{key: {{ .key }}, path: {{ .file }}}]}
      {{- end }}
      {{- if eq .Values.store.kind "postgres" }}
      - secret: {name: {{ .Values.database.password.secret }}, items: [{key: {{ .Values.database.password.key }}, path: database-password}]}
      {{- end }}
      {{- if not (or .Values.credentials (eq .Values.store.kind "postgres")) }} []{{ end }}
- name: service-account
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: {path: token, expirationSeconds: 3600}
      - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
      - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}
- name: run
  emptyDir: {medium: Memory, sizeLimit: 1Mi}
- name: tmp
  emptyDir: {sizeLimit: {{ if eq .Values.store.kind "postgres" }}{{ .Values.store.size }}{{ else }}64Mi{{ end }}}
{{- end }}

{{- define "kedge.mounts" -}}
- {name: settings, mountPath: /etc/kedge, readOnly: true}
- {name: credentials, mountPath: /run/secrets/kedge, readOnly: true}
- {name: service-account, mountPath: /run/secrets/service-account, readOnly: true}
- {name: run, mountPath: /run/kedge}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- /* "yes" where each pod has a volume of its own: a StatefulSet. */ -}}
{{- define "kedge.stateful" -}}
{{- if and (eq .Values.store.kind "volume") .Values.store.persistent (eq .Values.lease.kind "kubernetes") (not .Values.store.existingClaim) }}yes{{ end }}
{{- end }}

{{- /* What is claimed of the cluster's disks. */ -}}
{{- define "kedge.claim" -}}
accessModes: [ReadWriteOnce]
{{- with .Values.store.storageClass }}
storageClassName: {{ . }}
{{- end }}
resources: {requests: {storage: {{ .Values.store.size }}}}
{{- end }}
