#!/usr/bin/env bash
# Makes everything that is published, into dist/: for Linux on x86_64 and aarch64 a static program, a
# Debian package, an rpm and a container image; the Windows program; the sources; what winget, scoop and Homebrew
# want to know; a list of what is in each program (CycloneDX); and the SHA-256 sums.
#
#   packaging/release.sh [--without-windows]
#
# Debian on x86_64. CERTPOSTURE_HOMEPAGE and CERTPOSTURE_DOWNLOADS say where it will be published.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/common.sh
. packaging/common.sh

ci/debian.sh buildah ca-certificates dpkg-dev jq rpm zip
out=dist
rm -rf "$out"
mkdir -p "$out"
made=target/companions
rm -rf "$made"

for arch in x86_64 aarch64; do
    build_static "$arch"
    # Both programs say the same of themselves; the one that runs here is asked.
    [ -d "$made" ] || companions "$(static_program x86_64)" "$made"
    packaging/archive.sh "$(static_program "$arch")" "$made" "$arch" "$out"
    packaging/debian/package.sh "$(static_program "$arch")" "$made" "$arch" "$out"
    packaging/rpm/package.sh "$(static_program "$arch")" "$made" "$arch" "$out"
    packaging/image/build.sh "$(static_program "$arch")" "$arch" "$out"
    packaging/sbom.py --target "$arch-unknown-linux-musl" >"$out/certposture-$version-$arch-linux.cdx.json"
done

if [ "${1:-}" != --without-windows ]; then
    # As in ci/windows.sh, which installs the compilers.
    RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTFLAGS=$(remapped) \
        /usr/bin/cargo --config ci/windows-cross.toml build --release --locked --quiet
    packaging/windows/archive.sh target/win/x86_64-pc-windows-gnu/release/certposture.exe "$out"
    packaging/sbom.py --target x86_64-pc-windows-gnu >"$out/certposture-$version-x86_64-windows.cdx.json"
    # For Homebrew on a Mac, which builds it.
    git archive --prefix="certposture-$version/" HEAD | gzip -9n >"$out/certposture-$version-source.tar.gz"
    packaging/manifests.sh "$out"
fi

(cd "$out" && sha256sum -- * >SHA256SUMS)
cat "$out/SHA256SUMS"
