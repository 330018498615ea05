#!/bin/sh
# Runs a Windows program in the Wine prefix of this working tree; ci/windows.sh makes the prefix.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
export WINEPREFIX="${WINEPREFIX:-$root/target/win/prefix}"
export WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe='
exec /usr/lib/wine/wine64 "$@"
