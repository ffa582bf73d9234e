"""The first decisions of a package that was just installed; its kernels are the best that the processor has."""

from __future__ import annotations

import platform
import time
from pathlib import Path

import snnfe
from snnfe._library import FUNCTION, LIBRARY_PATH


def best_instruction_set() -> str:
    """By what the system lists; every x86-64 processor with AVX-512's VBMI2 has the rest."""
    flags = Path("/proc/cpuinfo").read_text().split() if platform.machine() == "x86_64" else []
    return "avx512" if "avx512_vbmi2" in flags else "avx2" if "avx2" in flags else "baseline"


assert Path(LIBRARY_PATH).parent == Path(snnfe.__file__).parent, LIBRARY_PATH
isa = FUNCTION["snnfe_instruction_set"]().decode()
assert isa == best_instruction_set(), f"{isa}, but the processor has {best_instruction_set()}"

data = snnfe.Dataset.synthesize({"n_subjects": 3}, runs=[4, 8])
train, left_out = snnfe.split.leave_subject_out(data.subjects, 1)
trained = snnfe.pretrain(data, train, n_epochs=1, batch_size=16)
accuracy = snnfe.evaluate(trained.network, data, left_out).accuracy
seconds = time.process_time()
print(f"snnfe {snnfe.__version__}, {isa}, accuracy {accuracy:.3f}; {seconds:.1f} s of processor time")
