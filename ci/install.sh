#!/usr/bin/env bash
# Installs the outside programs that the tests compare with, where they are missing. Debian.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(chromium chromium-driver libnss3-tools openssl strace unzip)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
openssl version
dpkg-query -W -f 'NSS ${Version}\n' libnss3-tools
tests/fetch-pkits.sh
