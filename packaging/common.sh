# shellcheck shell=bash
# What every packaging script shares: names, dates, and builds whose bytes depend on the sources and
# the compiler alone.

# shellcheck disable=SC2034 # used by whoever reads this file in
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
linux=x86_64-unknown-linux-gnu
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

# build_static TARGET_DIR: runs on any Linux, and without the network: a static glibc cannot resolve
# the names of hosts.
build_static() {
    RUSTFLAGS="-C target-feature=+crt-static $(remapped)" cargo build --release --locked --quiet \
        --no-default-features --target "$linux" --target-dir "$1"
}

# build_dynamic TARGET_DIR: everything, for systems with glibc.
build_dynamic() {
    RUSTFLAGS=$(remapped) cargo build --release --locked --quiet --target "$linux" --target-dir "$1"
}

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
