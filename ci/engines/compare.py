"""Judges one fleet with each engine named, and compares the counts of verdicts and codes with the truth.

The fleet is made from the lab's certificates, of which it is known what the check says.
"""

import collections
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import certposture

PROGRAM = certposture.program()
DEVICES = 5000
AT = "2025-06-01T12:00:00Z"

# Databases of the lab, and what the lab promises of each under its rule for Linux.
CASES = {
    "good": ("pass", None),
    "nickname-differs": ("pass", None),
    "expired": ("fail", "expired"),
    "wrong-name": ("fail", "not-found"),
    "by-intermediate": ("fail", "issued-by-intermediate"),
}


def run(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def make_fleet(folder):
    """Captures of DEVICES devices and a few lines that are none; and what has to come out."""
    run(PROGRAM, "lab", str(folder / "lab"), "-q", "--at", AT)
    captures, truth = {}, collections.Counter()
    for case in CASES:
        captures[case] = run(PROGRAM, "capture", "--store", f"nss:{folder}/lab/nss/{case}", "--id", case).strip()
    lines = []
    for number in range(DEVICES):
        case = list(CASES)[number % len(CASES)]
        lines.append(captures[case])
        truth[CASES[case]] += 1
    for bad in ("not a capture", "{}", '{"schema":"certposture.capture/9"}'):
        lines.insert(len(lines) // 2, bad)
        truth["rejected", None] += 1
    return lines, truth


def count(verdicts):
    verdicts = (json.loads(text) for text in verdicts)
    return collections.Counter((verdict["verdict"], verdict["code"]) for verdict in verdicts)


def by_parallel(file, arguments):
    command = ["parallel", "--will-cite", "--pipe", "-k", "--block", "1M", PROGRAM, "fleet", "-", "--rows", *arguments]
    with open(file, "rb") as lines:
        return subprocess.run(command, check=True, text=True, stdin=lines, stdout=subprocess.PIPE).stdout.splitlines()


def by_duckdb(file, arguments):
    import duckdb

    query = f"SELECT line AS capture FROM read_csv('{file}', delim='\x1f', quote='', escape='', header=false, columns={{'line': 'VARCHAR'}})"
    reader = duckdb.sql(query).to_arrow_reader()
    return [verdict for batch in certposture.judge(reader, *arguments) for verdict in batch["verdict"].to_pylist()]


def by_polars(file, arguments):
    import polars

    frame = polars.DataFrame({"capture": pathlib.Path(file).read_text().splitlines()})
    batches = frame.to_arrow().to_batches(max_chunksize=1000)
    return [verdict for batch in certposture.judge(batches, *arguments) for verdict in batch["verdict"].to_pylist()]


def by_datafusion(file, arguments):
    import datafusion
    import pyarrow

    lines = pathlib.Path(file).read_text().splitlines()
    context = datafusion.SessionContext()
    context.register_record_batches("fleet", [[pyarrow.RecordBatch.from_pydict({"capture": lines})]])
    batches = context.sql("SELECT capture FROM fleet").collect()
    return [verdict for batch in certposture.judge(batches, *arguments) for verdict in batch["verdict"].to_pylist()]


def by_spark(file, arguments):
    from pyspark.sql import SparkSession

    # Its workers are to have this one's packages.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        command = " ".join([PROGRAM, "fleet", "-", "--rows", *arguments])
        piped = spark.sparkContext.textFile(str(file), 4).pipe(command, checkCode=True).collect()
        frame = spark.read.text(str(file)).withColumnRenamed("value", "capture")
        mapped = frame.mapInArrow(functools.partial(judge_for_spark, arguments=arguments), "capture string, verdict string")
        if count(piped) != count(row.verdict for row in mapped.collect()):
            raise SystemExit("spark: pipe and mapInArrow differ")
        return piped
    finally:
        spark.stop()


def judge_for_spark(batches, arguments):
    yield from certposture.judge(batches, *arguments)


def by_clickhouse(file, arguments):
    from chdb import session

    with tempfile.TemporaryDirectory() as folder:
        scripts = pathlib.Path(folder) / "user_scripts"
        scripts.mkdir()
        script = scripts / "judge"
        words = " ".join(f"'{word}'" for word in [PROGRAM, "fleet", "-", "--rows", *arguments])
        script.write_text(f"#!/bin/sh\nexec {words}\n")
        script.chmod(0o755)
        clickhouse = session.Session(f"{folder}/data?user_scripts_path={scripts}&user_files_path=/")
        query = (
            "SELECT * FROM executable('judge', 'TSVRaw', 'verdict String', "
            f"(SELECT line FROM file('{file}', 'LineAsString', 'line String')))"
        )
        return str(clickhouse.query(query, "TSVRaw")).splitlines()


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder).resolve()
        lines, truth = make_fleet(folder)
        file = folder / "fleet.ndjson"
        file.write_text("\n".join(lines) + "\n")
        arguments = ["--rule", f"{folder}/lab/rules/linux.json", "--ca", f"{folder}/lab/ca/root-ca.pem", "--at", AT]
        failed = 0
        for engine in sys.argv[1:]:
            counted = count(globals()[f"by_{engine}"](file, arguments))
            agrees = counted == truth
            failed += not agrees
            print(f"{engine}: {sum(counted.values())} verdicts {'agree' if agrees else f'differ: {counted} not {truth}'}")
        print(f"engines: {len(sys.argv) - 1 - failed} passed, {failed} failed")
        return failed


if __name__ == "__main__":
    sys.exit(main())
