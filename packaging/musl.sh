#!/usr/bin/env bash
# Makes, in target/musl/ARCH, what a static program for Linux is linked with: Debian's musl of that
# architecture, and a compiler that uses it. Prints nothing.
#
#     packaging/musl.sh x86_64|aarch64
#
# musl and not glibc, for a static glibc cannot resolve the names of hosts (it loads the resolver when
# it is asked), and `pull` and `ca upload` have to.
set -euo pipefail
cd "$(dirname "$0")/.."
arch=$1
case $arch in
    x86_64) debian=amd64 gcc=gcc package=gcc ;;
    aarch64) debian=arm64 gcc=aarch64-linux-gnu-gcc package='gcc-aarch64-linux-gnu libc6-dev-arm64-cross' ;;
    *) echo "musl.sh: no such architecture: $arch" >&2; exit 2 ;;
esac
# shellcheck disable=SC2086 # several packages
ci/debian.sh $package rustc-web cargo-web rust-web-src

home=$PWD/target/musl/$arch
root=$home/root
library=$root/usr/lib/$arch-linux-musl
[ -e "$home/lib/libunwind.a" ] && exit 0
rm -rf "$home"
mkdir -p "$home"/{apt/lists/partial,apt/cache/archives/partial,bin,lib} "$root"

# apt with a state of its own: this machine need not know of the other architecture.
apt() {
    apt-get -qq -o "APT::Architecture=$debian" -o "APT::Architectures=$debian" -o Dir::State::status=/dev/null \
        -o "Dir::State::lists=$home/apt/lists" -o "Dir::Cache=$home/apt/cache" -o APT::Sandbox::User= "$@"
}
apt update
(cd "$home/apt" && apt download musl-dev >/dev/null)
dpkg-deb -x "$home"/apt/musl-dev_*.deb "$root"

# As in musl's own wrapper of gcc, but for a static program that can be loaded anywhere.
include="-nostdinc -isystem $root/usr/include/$arch-linux-musl -isystem include%s"
cat >"$home/specs" <<END
%rename cpp_options old_cpp_options

*cpp_options:
$include %(old_cpp_options)

*cc1:
%(cc1_cpu) $include

*link_libgcc:
-L$library -L .%s

*libgcc:
libgcc.a%s %:if-exists(libgcc_eh.a%s)

*startfile:
$library/rcrt1.o $library/crti.o crtbeginS.o%s

*endfile:
crtendS.o%s $library/crtn.o

*link:
-static -pie --no-dynamic-linker -z text -z relro -z now -nostdlib

*esp_link:


*esp_options:


*esp_cpp_options:


END
printf '#!/bin/sh\nexec %s "$@" -specs %s\n' "$gcc" "$home/specs" >"$home/bin/cc"
chmod +x "$home/bin/cc"
# Where Rust's standard library looks for the unwinder; gcc has it under another name. Gcc's asks glibc
# for the loaded objects, which musl does not know: it is told that there are none. It would end the program when
# it is asked for a backtrace then (with RUST_BACKTRACE=1 every error asks), so a backtrace is empty. The program
# ends on a panic, so those lines are all that this costs.
"${gcc%gcc}objcopy" --redefine-sym _Unwind_Backtrace=_Unwind_Backtrace_of_gcc \
    "$($gcc -print-file-name=libgcc_eh.a)" "$home/lib/libunwind.a"
"$home/bin/cc" -c -O2 -x c - -o "$home/lib/instead.o" <<'END'
int _dl_find_object(void *address, void *result) { (void)address; (void)result; return -1; }
/* 5: _URC_END_OF_STACK */
int _Unwind_Backtrace(void *each, void *argument) { (void)each; (void)argument; return 5; }
END
ar r "$home/lib/libunwind.a" "$home/lib/instead.o"
