# shellcheck shell=bash
# What every packaging script shares: names, dates, and builds whose bytes depend on the sources and
# the compiler alone.

# shellcheck disable=SC2034 # used by whoever reads this file in
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
# The page of the project, and where the files of this version will lie. A release sets both.
homepage=${CERTPOSTURE_HOMEPAGE:-https://example.invalid/certposture}
downloads=${CERTPOSTURE_DOWNLOADS:-$homepage/releases/download/v$version}
# The date of the sources: of the last commit, or given.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
fi
export SOURCE_DATE_EPOCH
export LC_ALL=C TZ=UTC
umask 022

# Paths of this machine, in the program's panic messages and in SQLite, become the same everywhere.
remapped() {
    printf -- '--remap-path-prefix=%s=/certposture --remap-path-prefix=%s=/cargo' \
        "$PWD" "${CARGO_HOME:-$HOME/.cargo}"
}
CFLAGS="-ffile-prefix-map=$PWD=/certposture -ffile-prefix-map=${CARGO_HOME:-$HOME/.cargo}=/cargo"
export CFLAGS

# build_static ARCH: the program for Linux, into target/musl. It needs no library and runs on any
# distribution, with everything in it. Debian's own cargo and compiler, so that the sources of the
# standard library fit them.
build_static() {
    local target=$1-unknown-linux-musl home=$PWD/target/musl/$1
    local name=${target//-/_}
    packaging/musl.sh "$1"
    env -u RUSTUP_TOOLCHAIN RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc \
        "CC_$name=$home/bin/cc" "AR_$name=ar" "CARGO_TARGET_${name^^}_LINKER=$home/bin/cc" \
        RUSTFLAGS="-C link-self-contained=no -L native=$home/lib $(remapped)" \
        /usr/bin/cargo build --release --locked --quiet -Zbuild-std=std,panic_abort \
        --target "$target" --target-dir target/musl
}

# static_program ARCH: where build_static leaves it.
static_program() { echo "target/musl/$1-unknown-linux-musl/release/certposture"; }

# companions PROGRAM FOLDER: man pages and completions, made by the program itself.
companions() {
    "$1" man "$2/man"
    mkdir -p "$2/completions"
    "$1" completions bash >"$2/completions/certposture.bash"
    "$1" completions zsh >"$2/completions/_certposture"
    "$1" completions fish >"$2/completions/certposture.fish"
    "$1" completions powershell >"$2/completions/_certposture.ps1"
}

# same_date FOLDER: every file in it is as old as the sources.
same_date() {
    find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}
