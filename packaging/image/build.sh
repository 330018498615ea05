#!/usr/bin/env bash
# Makes the container image of a static program that is built already: nothing in it but the program
# and the roots that it trusts.
#
#   packaging/image/build.sh PROGRAM ARCH OUT
set -euo pipefail
program=$(realpath "$1")
arch=$2
out=$(realpath "$3")
cd "$(dirname "$0")/../.."
# shellcheck source=packaging/common.sh
. packaging/common.sh
ci/debian.sh buildah ca-certificates

case $arch in
    x86_64) platform=linux/amd64 ;;
    aarch64) platform=linux/arm64 ;;
    *) echo "image: no such architecture: $arch" >&2; exit 2 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/context"
install -m 755 "$program" "$work/context/certposture"
install -m 644 /etc/ssl/certs/ca-certificates.crt "$work/context/"
same_date "$work/context"

# Its own storage, without an overlay: nothing is run in the image.
store=(--root "$work/root" --runroot "$work/run" --storage-driver vfs)
archive=$out/certposture-$version-$arch-image.tar
buildah "${store[@]}" build --quiet --isolation chroot --platform "$platform" --timestamp "$SOURCE_DATE_EPOCH" \
    --label "org.opencontainers.image.version=$version" --file packaging/image/Containerfile \
    --tag certposture "$work/context" >/dev/null
buildah "${store[@]}" push --quiet certposture "oci:$work/layout:$version"
same_date "$work/layout"
tar --create --sort=name --owner=0 --group=0 --numeric-owner --format=gnu --directory="$work/layout" \
    --file="$archive" .
