#!/bin/sh
# Fetches the JUnit schema of Jenkins' xUnit plugin, which pytest's source package carries for its own
# tests, into target/junit. Needs pip and tar.
set -eu
cd "$(dirname "$0")/.."
version=8.4.2
mkdir -p target/junit
[ -f target/junit/junit-10.xsd ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --dest "$work" "pytest==$version"
tar -xzf "$work/pytest-$version.tar.gz" -C "$work"
mv "$work/pytest-$version/testing/example_scripts/junit-10.xsd" target/junit/
