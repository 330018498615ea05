#!/bin/sh
# Type-checks and lints the macOS code on Linux, for both kinds of Mac. Nothing is linked, so no
# Apple SDK is needed: Debian's rustc-web builds the standard library's metadata from its sources,
# and C code is not compiled at all.
set -u
cd "$(dirname "$0")/.." || exit 1

targets='aarch64-apple-darwin x86_64-apple-darwin'

# What stands in for the C compiler and the archiver: both make the file that is asked for, empty.
stubs() {
    mkdir -p target/macos/stubs
    cat >target/macos/stubs/cc <<'END'
#!/bin/sh
while [ $# -gt 0 ]; do
    if [ "$1" = -o ]; then : >"$2"; fi
    shift
done
END
    cat >target/macos/stubs/ar <<'END'
#!/bin/sh
for argument; do
    case $argument in *.a) : >"$argument" ;; esac
done
END
    chmod +x target/macos/stubs/cc target/macos/stubs/ar
    stubs=$PWD/target/macos/stubs
    for target in $targets; do
        name=$(echo "$target" | tr - _)
        export "CC_$name=$stubs/cc" "AR_$name=$stubs/ar"
    done
}

# run NAME COMMAND...
run() {
    name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok: $name"
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
    fi
}

passed=0
failed=0
if ! ci/debian.sh rustc-web cargo-web rust-web-src rust-web-clippy; then
    echo 'macos: 0 passed, 1 failed (the Debian packages could not be installed)'
    exit 1
fi
stubs
# Named in full, lest a rustup toolchain on the path answer instead. SDKROOT keeps build scripts
# from asking for Xcode.
export RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO=/usr/bin/cargo SDKROOT=/ CARGO_TARGET_DIR=target/macos
unset RUSTUP_TOOLCHAIN
for target in $targets; do
    set -- --quiet --locked --all-targets -Zbuild-std=std,panic_abort,test,proc_macro --target "$target"
    run "check $target" /usr/bin/cargo check "$@"
    run "clippy $target" /usr/bin/cargo-clippy clippy "$@" -- -D warnings
done
echo "macos: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
