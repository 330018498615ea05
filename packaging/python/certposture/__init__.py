"""Judges device captures with the certposture program that this package carries.

    import certposture
    verdicts = certposture.judge_lines(lines, "--rule", "rule.json", "--ca", "root-ca.pem")

The program runs as a child; each capture goes in as a line and comes back as one line of JSON, in
the same order. Nothing is decided here.
"""

import shutil
import subprocess
import sysconfig
import threading
from pathlib import Path

__all__ = ["judge", "judge_lines", "program"]


def program():
    """The path of the program: the one installed with this package, or else the one on the PATH."""
    name = "certposture.exe" if sysconfig.get_platform().startswith("win") else "certposture"
    beside = Path(sysconfig.get_path("scripts")) / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise FileNotFoundError("certposture is neither installed with this package nor on the PATH")
    return found


class _Child:
    """A running `certposture fleet --rows`: as many lines come out as go in."""

    def __init__(self, arguments):
        command = [program(), "fleet", "-", "--rows", *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe)

    def answer(self, lines):
        # Written beside the reading: either pipe may fill up first.
        writer = threading.Thread(target=self._write, args=(lines,), daemon=True)
        writer.start()
        answers = [self.process.stdout.readline() for _ in lines]
        writer.join()
        if not all(answers):
            raise RuntimeError(f"certposture ended early, with status {self.process.wait()}")
        return [answer.decode().rstrip("\n") for answer in answers]

    def _write(self, lines):
        try:
            # A line feed within JSON is white space between values, so a blank says the same.
            for line in lines:
                self.process.stdin.write((line or "").replace("\n", " ").encode() + b"\n")
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass  # the reader notices

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure:
            self.process.kill()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.close()
        if self.process.wait() != 0 and not failure:
            raise RuntimeError(f"certposture ended with status {self.process.returncode}")


def judge_lines(lines, *arguments, size=1024):
    """Yields a verdict, as JSON text, for each capture in `lines`, in their order."""
    with _Child(arguments) as child:
        batch = []
        for line in lines:
            batch.append(line)
            if len(batch) >= size:
                yield from child.answer(batch)
                batch = []
        yield from child.answer(batch)


def judge(batches, *arguments, column="capture"):
    """Yields each Arrow record batch with a column `verdict` beside its column of captures.

    It fits Spark's `mapInArrow` (give the arguments with functools.partial), and any engine that
    hands out record batches: DuckDB, Polars, DataFusion.
    """
    import pyarrow

    with _Child(arguments) as child:
        for batch in batches:
            captures = batch.column(batch.schema.get_field_index(column)).to_pylist()
            verdicts = pyarrow.array(child.answer(captures), pyarrow.string())
            names = [*batch.schema.names, "verdict"]
            yield pyarrow.RecordBatch.from_arrays([*batch.columns, verdicts], names)
