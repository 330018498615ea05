#!/bin/sh
# Builds certposture for Windows and tests it in Wine, from a fresh Debian machine: installs the
# packages, makes a Wine prefix, runs the tests that concern Windows, builds the program as it is
# shipped and runs it from the command line against stores in the prefix.
#
# Everything made lies in target/win. Prints `windows: N passed, 0 failed` at the end.
set -eu
cd "$(dirname "$0")/.."

target=x86_64-pc-windows-gnu
WINEPREFIX=$(pwd)/target/win/prefix
exe=target/win/$target/release/certposture.exe
log=target/win/tests.log
export WINEPREFIX

# Debian's own cargo and compiler, so that the sources of the standard library fit them.
cross() {
    RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc \
        /usr/bin/cargo --config ci/windows-cross.toml "$@"
}

make_prefix() {
    mkdir -p target/win
    if [ ! -e "$WINEPREFIX/system.reg" ]; then
        ci/wine-run.sh wineboot -i
        /usr/lib/wine/wineserver -w
    fi
    x86_64-w64-mingw32-gcc -O2 -s -shared -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" \
        ci/prng.c -ladvapi32
}

# Tests of the stores and of the program share the prefix's registry, so one runs after another. The
# program that they run is the one that is shipped.
run_tests() {
    result=0
    cross test --lib || result=$?
    CERTPOSTURE_EXE=$(pwd)/$exe cross test --test windows -- --test-threads=1 || result=$?
    return $result
}

fail() {
    echo "windows: $1" >&2
    exit 1
}

# One file under 10 MB that needs nothing but Windows' own libraries.
check_program() {
    size=$(stat -c %s "$exe")
    [ "$size" -lt 10000000 ] || fail "$exe has $size bytes"
    x86_64-w64-mingw32-objdump -h "$exe" | grep -q '\.rsrc' || fail "$exe has no version resource"
    x86_64-w64-mingw32-objdump -p "$exe" | sed -n 's/.*DLL Name: //p' | tr 'A-Z' 'a-z' | sort -u >target/win/imports
    unknown=$(grep -v -x -E '(advapi32|bcrypt|bcryptprimitives|crypt32|kernel32|msvcrt|ntdll|secur32|userenv|ws2_32|wtsapi32)\.dll|api-ms-win-.*' \
        target/win/imports || true)
    [ -z "$unknown" ] || fail "$exe needs $unknown"
    echo "windows: certposture.exe has $size bytes"
}

ci/debian.sh rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64-win32 wine64 libgnutls30
make_prefix
cross build --release
check_program
trap '/usr/lib/wine/wineserver -k 2>/dev/null || true' EXIT
status=0
run_tests >"$log" 2>&1 || status=$?
grep -E '^(test |test result|---- |error|thread |  (left|right):)' "$log" | grep -v ' \.\.\. ok$' || true
passed=$(sed -n 's/^test result: .* \([0-9]*\) passed; .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
failed=$(sed -n 's/^test result: .* \([0-9]*\) failed; .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
    tail -n 50 "$log" >&2
    fail "the tests did not run to their end"
fi
echo "windows: $passed passed, $failed failed"
exit "$status"
