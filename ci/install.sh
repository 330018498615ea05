#!/usr/bin/env bash
# Installs the outside programs that the tests compare with, where they are missing. Debian.
set -euo pipefail
cd "$(dirname "$0")/.."

ci/debian.sh ansible-core chromium chromium-driver cmark-gfm curl hostname jq libmonitoring-plugin-perl libnss3-tools libxml2-utils \
    monitoring-plugins-basic openssl parallel prometheus softhsm2 strace systemd tmux unzip zstd
openssl version
dpkg-query -W -f 'NSS ${Version}\n' libnss3-tools
tests/fetch-pkits.sh
tests/fetch-junit-schema.sh
