#!/usr/bin/env python3
"""Counts the instructions of the hot functions and compares them with the committed counts.

usage: instructions.py BENCH BASELINE COMPILER [--write]

Runs three jobs of the benchmark program under callgrind, with the AVX2 kernels, which valgrind
knows. Fails if a function needs over 5 % more instructions than BASELINE says, or is not there. Counts depend on the
compiler, so with another one than the baseline's nothing is compared (exit code 77, as without
valgrind or the reference data). --write makes a new baseline.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

JOBS = ("evaluate1", "train1", "adapt")
FUNCTIONS = ("input_strip", "conv_events", "run_strip", "add_rows_i32", "list_changes", "lif_forward",
             "multiply_rows", "winograd_gradient", "winograd_weights", "weight_points", "snnfe_terms_find",
             "add_tile", "conv_weight_gradient", "add_rows_f32", "lif_backward", "lif_backward_run",
             "list_gradient_rows", "conv_input_gradient", "dense_spike_gradient", "round_units", "add_up",
             "adam_update", "crossings", "snnfe_weights_gather", "snnfe_weights_to_panels", "snnfe_weights_transpose",
             "transpose_bits", "snnfe_conv3_weights", "snnfe_event_rows")
LINE = re.compile(r"^\s*([\d,]+) \(.*?\)\s+\S*:(\w+)[.\w]*(?: \[.*\])?$")
KERNEL = re.compile(r"^snnfe_(\w+)_avx2$")  # in lib/kernels a kernel has its instruction set in its name


def count(bench, job):
    """Instructions of each function in two runs of a job and what prepares it."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "callgrind.out")
        environment = dict(os.environ, SNNFE_ISA="avx2")
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", bench, "--threads", "1",
             "--repeat", "1", job], env=environment, capture_output=True, text=True)
        if done.returncode == 77:
            sys.exit(77)
        if done.returncode != 0:
            sys.exit(f"instructions: {bench} {job} failed:\n{done.stderr}")
        text = subprocess.run(["callgrind_annotate", "--threshold=100", out], check=True,
                              capture_output=True, text=True).stdout
    counts = {}
    for line in text.splitlines():
        match = LINE.match(line)
        name = KERNEL.sub(r"\1", match.group(2)) if match else ""
        if name in FUNCTIONS:
            counts[name] = counts.get(name, 0) + int(match.group(1).replace(",", ""))
    return counts


def read_baseline(path):
    with open(path, encoding="ascii") as file:
        compiler = file.readline().rstrip("\n")
        rows = [line.rstrip("\n").split("\t") for line in file]
    return compiler, {(job, function): int(n) for job, function, n in rows}


def main():
    bench, path, compiler = sys.argv[1:4]
    if not shutil.which("valgrind") or not shutil.which("callgrind_annotate"):
        print("skipped: valgrind not found")
        return 77
    write = "--write" in sys.argv[4:]
    known, baseline = (compiler, {}) if write else read_baseline(path)
    if known != compiler:
        print(f"skipped: counts are of {known}, this is {compiler}")
        return 77
    counts = {(job, function): n for job in JOBS for function, n in count(bench, job).items()}
    if write:
        with open(path, "w", encoding="ascii") as file:
            file.write(compiler + "\n")
            file.writelines(f"{job}\t{function}\t{n}\n" for (job, function), n in counts.items())
        return 0
    failed = 0
    for key, before in baseline.items():
        now = counts.get(key, 0)
        grown = now > 1.05 * before
        failed += grown or now == 0
        if now == 0:
            print(f"{key[0]:10} {key[1]:24} {before:14,}  NOT FOUND: renamed? then count it by its new name")
            continue
        print(f"{key[0]:10} {key[1]:24} {before:14,} {now:14,} {100 * (now / before - 1):+6.1f} %"
              + ("  MORE THAN 5 %" if grown else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
