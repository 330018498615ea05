#!/usr/bin/env bash
# Makes everything that is published and looks at it as somebody who installs it would: sums, what the
# programs need, man pages, completions, Debian's own checker, and `cargo install`. Takes a quarter of
# an hour and is not part of .ci/run.
#
#     ci/packages.sh [--without-windows]     or, for what lies in dist/ already: ci/packages.sh --made
set -euo pipefail
cd "$(dirname "$0")/.."

ci/debian.sh binutils buildah cpio dpkg-dev fish jq lintian man-db mandoc qemu-user-static rpm rpmlint skopeo unzip zsh

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

sums() {
    local files=(dist/*)
    [ "$(wc -l <dist/SHA256SUMS)" -eq $((${#files[@]} - 1)) ] &&
        (cd dist && sha256sum --check --strict --quiet SHA256SUMS)
}
check "sums of every file" sums
needs_nothing() { ! readelf --dynamic "$1" | grep -q NEEDED && ! readelf --program-headers "$1" | grep -q INTERP; }
small() { [ "$(stat -c %s "$1")" -lt 10000000 ]; }
# resolves PROGRAM: `pull` finds the name of a host by itself. The name does not exist, and the message
# of a resolver that cannot work is another.
resolves() {
    local said status=0
    said=$(CLOUDFLARE_API_TOKEN=none CLOUDFLARE_BASE_URL=https://localhost:1/ "$@" pull --all -o - \
        --account-id 00000000000000000000000000000000 2>&1) || status=$?
    [ $status -eq 3 ] && grep -qi 'refused' <<<"$said" || { echo "$said" >&2; return 1; }
}
# fails_softly PROGRAM: an error is told, whatever the environment asks for.
fails_softly() {
    local status=0
    RUST_BACKTRACE=1 "$@" ca body /nonexistent 2>/dev/null || status=$?
    [ $status -eq 3 ]
}
for arch in x86_64 aarch64; do
    run=()
    [ "$arch" = "$(uname -m)" ] || run=("qemu-$arch-static")
    tar -xzf "dist/certposture-$version-$arch-linux.tar.gz" -C "$work"
    static=$work/certposture-$version-$arch-linux
    program=$static/certposture
    check "$arch: no library" needs_nothing "$program"
    check "$arch: small" small "$program"
    check "$arch: runs" "${run[@]}" "$program" --version
    check "$arch: an error where a backtrace is asked for" fails_softly "${run[@]}" "$program"
    check "$arch: offers pull" "${run[@]}" "$program" pull --help
    check "$arch: resolves names" resolves "${run[@]}" "$program"
    check "$arch: a database" "${run[@]}" "$program" check --cn device-042 --ca tests/fixtures/ca/root-ca.pem \
        --store nss:tests/fixtures/nssdb-passing --at 2026-01-01T00:00:00Z

    case $arch in x86_64) debian=amd64 ;; aarch64) debian=arm64 ;; esac
    deb=dist/certposture_$version-1_$debian.deb
    check "$arch: lintian" lintian --allow-root --fail-on error,warning "$deb"
    dpkg-deb -x "$deb" "$work/deb-$arch"
    check "$arch: same program in the Debian package" cmp "$program" "$work/deb-$arch/usr/bin/certposture"
    rpm=dist/certposture-$version-1.$arch.rpm
    check "$arch: rpmlint" rpmlint --strict --config packaging/rpm/rpmlint.toml "$rpm"
    mkdir -p "$work/rpm-$arch"
    (cd "$work/rpm-$arch" && rpm2cpio "$OLDPWD/$rpm" | cpio -id --quiet)
    check "$arch: same program in the rpm" cmp "$program" "$work/rpm-$arch/usr/bin/certposture"

    image=oci-archive:dist/certposture-$version-$arch-image.tar
    config=$(skopeo inspect --config "$image")
    check "$arch: image" jq -e '.config.Entrypoint == ["/usr/bin/certposture"] and .config.User == "65534:65534"' <<<"$config"
    skopeo copy --quiet "$image" "dir:$work/image-$arch"
    mkdir "$work/root-$arch"
    for layer in $(jq -r '.layers[].digest | sub("sha256:"; "")' "$work/image-$arch/manifest.json"); do
        tar -xf "$work/image-$arch/$layer" -C "$work/root-$arch"
    done
    check "$arch: same program in the image" cmp "$program" "$work/root-$arch/usr/bin/certposture"
done
deb=$work/deb-x86_64
static=$work/certposture-$version-x86_64-linux
# Nothing but what is in the image: no library, no shell, no /etc of this machine.
check "the image's root runs" chroot "$work/root-x86_64" /usr/bin/certposture explain expired

if [ -e "dist/certposture-$version-x86_64-windows.zip" ]; then
    check "the Windows archive" unzip -tq "dist/certposture-$version-x86_64-windows.zip"
    check "scoop's sum" jq -e --arg sum "$(sha256sum "dist/certposture-$version-x86_64-windows.zip" | cut -d' ' -f1)" \
        '.architecture."64bit".hash == $sum' dist/certposture.json
    unfilled() { ! grep -n '@[A-Z0-9_]*@' dist/*.json dist/*.yaml dist/*.rb; }
    check "manifests are filled in" unfilled
fi
pages=0
for page in "$deb"/usr/share/man/man1/*.gz "$static"/man/*.1; do
    # `man` shows warnings only of what it formats for a terminal.
    check "man -l $page" env LC_ALL=C.UTF-8 MANWIDTH=80 MANROFFOPT=-ww man --warnings --pager=cat -l "$page"
    check "mandoc $page" mandoc -T lint -W warning "$page"
    pages=$((pages + 1))
done
for shell in bash zsh fish; do
    for script in "$deb"/usr/share/*/*completions*/*certposture* "$static"/completions/*; do
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
