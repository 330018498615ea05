#!/usr/bin/env bash
# Builds the Python wheel, installs it where nothing else is, and judges one fleet through the engines that
# people have; their counts have to be the truth's:
#
#     ci/engines.sh [parallel|duckdb|polars|datafusion|spark|clickhouse]...
#
# Without names, all of them. The gate runs the first three: Spark wants a Java runtime and ClickHouse
# half a gigabyte. Everything is installed into target/engines. PROFILE=release builds what is released.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- parallel duckdb polars datafusion spark clickhouse
folder=$PWD/target/engines
python=$folder/bin/python
packages=(maturin==1.16.0 pyarrow==26.0.1)
for engine; do
    case $engine in
        parallel) ci/debian.sh parallel ;;
        duckdb) packages+=(duckdb==2.0.1) ;;
        polars) packages+=(polars==2.1.0) ;;
        datafusion) packages+=(datafusion==55.0.0) ;;
        spark)
            # Its workers want pandas for mapInArrow, though no frame is made of it.
            packages+=(pyspark==4.3.0 'pandas>=2.2,<3')
            command -v java >/dev/null || ci/debian.sh default-jre-headless
            ;;
        clickhouse) packages+=(chdb==4.4.0) ;;
        *) echo "engines: $engine is not known" && exit 2 ;;
    esac
done
ci/debian.sh python3-venv
[ -x "$python" ] || python3 -m venv "$folder"
"$python" -m pip install --quiet --disable-pip-version-check "${packages[@]}"

rm -rf "$folder/wheels"
(cd packaging/python && "$folder/bin/maturin" build --quiet --locked --profile "${PROFILE:-dev}" --compatibility linux \
    --target-dir ../../target --out "$folder/wheels")
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall "$folder"/wheels/*.whl
# Elsewhere, so that what is imported is what the wheel carries.
cd "$folder"
"$python" ../../ci/engines/helper.py
"$python" ../../ci/engines/compare.py "$@"
