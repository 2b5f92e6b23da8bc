#!/usr/bin/env bash
# The alerts before Prometheus' own judge: promtool, from the Debian package prometheus, which is unpacked and not installed (it would
# start a service).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"

need jq dpkg-deb apt-get || exit 1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then
    (cd "$folder" && timeout 600 apt-get download prometheus && dpkg-deb -x prometheus_*.deb .) >&2 ||
        { failed alerts.tools "the package prometheus could not be had"; exit 1; }
    promtool=$folder/usr/bin/promtool
fi
monitoring=$root/deploy/monitoring
expect alerts.rules "promtool takes the rules" "$promtool" check rules "$monitoring/alerts.yaml"
expect alerts.tests "the rules ring when they should, and only then" "$promtool" test rules "$monitoring/alerts_test.yaml"
expect alerts.dashboard "the dashboard is JSON with panels" jq -e '.panels | length > 10' "$monitoring/dashboard.json"
finish
