#!/usr/bin/env bash
# Judges one fleet through the engines that people have, and compares their counts with the truth:
#
#     ci/engines.sh [parallel|duckdb|polars|datafusion|spark|clickhouse]...
#
# Without names, all of them. The gate runs the first three: Spark wants a Java runtime and ClickHouse
# half a gigabyte. Everything is installed into target/engines.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- parallel duckdb polars datafusion spark clickhouse
python=target/engines/bin/python
packages=(pyarrow)
for engine; do
    case $engine in
        parallel) ci/debian.sh parallel ;;
        spark) packages+=(pyspark); command -v java >/dev/null || ci/debian.sh default-jre-headless ;;
        clickhouse) packages+=(chdb) ;;
        *) packages+=("$engine") ;;
    esac
done
[ -x "$python" ] || python3 -m venv target/engines
"$python" -m pip install --quiet --disable-pip-version-check "${packages[@]}"
cargo build --release --locked
PATH="$PWD/target/release:$PATH" PYTHONPATH=packaging/python "$python" ci/engines/compare.py "$@"
