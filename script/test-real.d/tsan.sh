#!/usr/bin/env bash
# The tests that use threads, under the thread sanitizer.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"

last=$("$root/script/tsan" | tail -n 1) || true
case $last in
"0 passed"* | "") echo "FAILED tsan: nothing was tested" ;;
*" 0 failed") echo "ok tsan: $last" ;;
*) echo "FAILED tsan: $last" ;;
esac
