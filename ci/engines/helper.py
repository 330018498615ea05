"""The helper of the wheel: what goes in comes out, in its order, or there is an error."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import unittest

import certposture
import pyarrow

AT = "2025-06-01T12:00:00Z"


class Helper(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        lab = pathlib.Path(cls.folder.name) / "lab"
        run = lambda *words: subprocess.run([certposture.program(), *words], check=True, text=True, stdout=subprocess.PIPE)
        run("lab", str(lab), "-q", "--at", AT)
        capture = lambda case: run("capture", "--store", f"nss:{lab}/nss/{case}", "--id", case).stdout.strip()
        cls.good, cls.expired = capture("good"), capture("expired")
        cls.arguments = ["--rule", f"{lab}/rules/linux.json", "--ca", f"{lab}/ca/root-ca.pem", "--at", AT]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_program_is_the_wheels_own(self):
        self.assertEqual(pathlib.Path(certposture.program()).parent, pathlib.Path(sysconfig.get_path("scripts")))
        self.assertIn("site-packages", certposture.__file__)

    def test_one_verdict_for_each_line_in_order(self):
        broken_up = self.good.replace(",", ",\n", 1)
        lines = [self.good, self.expired, None, "", "no capture", broken_up] * 700
        verdicts = [json.loads(verdict)["verdict"] for verdict in certposture.judge_lines(lines, *self.arguments)]
        self.assertEqual(verdicts, ["pass", "fail", "rejected", "rejected", "rejected", "pass"] * 700)

    def test_batches_keep_their_other_columns(self):
        schema = pyarrow.schema([("number", pyarrow.int64()), ("capture", pyarrow.string())])
        batches = [
            pyarrow.RecordBatch.from_pydict({"number": numbers, "capture": [self.good] * len(numbers)}, schema)
            for numbers in ([1, 2], [], [3])
        ]
        judged = pyarrow.Table.from_batches(certposture.judge(iter(batches), *self.arguments))
        self.assertEqual(judged.column_names, ["number", "capture", "verdict"])
        self.assertEqual(judged["number"].to_pylist(), [1, 2, 3])
        self.assertEqual({json.loads(verdict)["verdict"] for verdict in judged["verdict"].to_pylist()}, {"pass"})

    def test_a_program_that_cannot_work_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "status 3"):
            list(certposture.judge_lines([self.good], "--rule", "/nowhere"))

    @unittest.skipUnless(hasattr(signal, "SIGKILL"), "a system with signals")
    def test_a_killed_child_is_an_error_and_no_row_is_lost_in_silence(self):
        with self.assertRaisesRegex(RuntimeError, "-9"), certposture._Child(self.arguments) as child:
            self.assertEqual(len(child.answer([self.good])), 1)
            threading.Timer(0.3, os.kill, (child.process.pid, signal.SIGKILL)).start()
            while True:
                child.answer([self.good] * 100)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "--quiet"])
