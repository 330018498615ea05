#!/usr/bin/env bash
# Makes everything that is published and looks at it as somebody who installs it would: sums, what the
# programs need, man pages, completions, Debian's own checker, and `cargo install`. Takes a quarter of
# an hour and is not part of .ci/run.
#
#     ci/packages.sh [--without-windows]     or, for what lies in dist/ already: ci/packages.sh --made
set -euo pipefail
cd "$(dirname "$0")/.."

ci/debian.sh binutils dpkg-dev fish jq lintian man-db mandoc zsh

passed=0
failed=0
# check NAME COMMAND...: the command succeeds and says nothing on standard error.
check() {
    local name=$1 said status=0
    shift
    said=$("$@" 2>&1 >/dev/null) || status=$?
    if [ $status -eq 0 ] && [ -z "$said" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED (%d): %s\n%s\n' "$status" "$name" "$said"
    fi
}

[ "${1:-}" = --made ] || packaging/release.sh "$@" >/dev/null
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
deb=dist/certposture_$version-1_amd64.deb
dpkg-deb -x "$deb" "$work/deb"
tar -xzf "dist/certposture-$version-x86_64-linux-static.tar.gz" -C "$work"
static=$work/certposture-$version-x86_64-linux-static

sums() {
    local files=(dist/*)
    [ "$(wc -l <dist/SHA256SUMS)" -eq $((${#files[@]} - 1)) ] &&
        (cd dist && sha256sum --check --strict --quiet SHA256SUMS)
}
check "sums of every file" sums
check "lintian" lintian --allow-root --fail-on error,warning "$deb"
needs_nothing() { ! readelf --dynamic "$1" | grep -q NEEDED && ! readelf --program-headers "$1" | grep -q INTERP; }
check "the static program needs no library" needs_nothing "$static/certposture"
small() { [ "$(stat -c %s "$1")" -lt 10000000 ]; }
for program in "$static/certposture" "$work/deb/usr/bin/certposture"; do
    check "$program is small" small "$program"
    check "$program runs" "$program" --version
done
pages=0
for page in "$work"/deb/usr/share/man/man1/*.gz "$static"/man/*.1; do
    # `man` shows warnings only of what it formats for a terminal.
    check "man -l $page" env LC_ALL=C.UTF-8 MANWIDTH=80 MANROFFOPT=-ww man --warnings --pager=cat -l "$page"
    check "mandoc $page" mandoc -T lint -W warning "$page"
    pages=$((pages + 1))
done
for shell in bash zsh fish; do
    for script in "$work"/deb/usr/share/*/*completions*/*certposture* "$static"/completions/*; do
        case $script:$shell in
            *.ps1:*) ;;
            *bash*:bash | *zsh*:zsh | *fish*:fish | */completions/_certposture:zsh)
                check "$shell -n $script" "$shell" -n "$script" ;;
        esac
    done
done
for list in dist/*.cdx.json; do
    check "$list" jq -e '.bomFormat == "CycloneDX" and (.components | length > 50)
        and all(.components[]; .purl and .version and .licenses)' "$list"
done
check "cargo install" cargo install --path . --locked --quiet --root "$work/installed"
check "the installed program runs" "$work/installed/bin/certposture" --version

echo "packages: $passed passed, $failed failed ($pages man pages)"
[ $failed -eq 0 ]
