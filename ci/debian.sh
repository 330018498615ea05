#!/bin/sh
# Installs Debian packages, unless all of them are there:
#
#     ci/debian.sh PACKAGE...
set -eu

is_missing() { ! dpkg-query --show --showformat '${Status}' "$1" 2>/dev/null | grep -q ' installed$'; }

for package; do
    if is_missing "$package"; then
        sudo=
        [ "$(id -u)" = 0 ] || sudo=sudo
        $sudo apt-get update -qq
        # All at once: some must have one version.
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
        break
    fi
done
