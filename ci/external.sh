#!/usr/bin/env bash
# The tests that need outside programs or files: every test target that asks for the feature
# `external-tools` in Cargo.toml.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t targets < <(cargo metadata --no-deps --format-version 1 --locked |
    python3 -c 'import json,sys
for target in json.load(sys.stdin)["packages"][0]["targets"]:
    if "external-tools" in target.get("required-features", []):
        print(target["name"])')
[ ${#targets[@]} -gt 0 ] || { echo "no test target asks for external-tools" >&2; exit 1; }
arguments=()
for target in "${targets[@]}"; do arguments+=(--test "$target"); done
cargo test --locked --features external-tools "${arguments[@]}"
