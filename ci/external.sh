#!/usr/bin/env bash
# The tests that need outside programs or files (tests/real_tools); arguments choose among them:
#
#     ci/external.sh [scenarios::...]
set -euo pipefail
cd "$(dirname "$0")/.."

cargo test --locked --features external-tools --test real_tools -- "$@"
# The wheel, and engines that judge many devices with it.
[ $# -gt 0 ] || ci/engines.sh parallel duckdb polars
