"""The network beside the field's standard decoders, in MOABB's evaluations.

`open_dataset` gives a data set that MOABB knows, EEGMMIDB from a folder, or a BIDS tree; `run` evaluates pipelines
within sessions, across sessions and across subjects, with MOABB's splits, scores and result files; `write_report`
makes tables, statistics and plots. `python -m snnfe.benchmark DATA -o OUT` does all. Needs
`pip install 'snnfe[benchmark]'`: MOABB 1.7 and what it brings.
"""

from .material import Trials, open_dataset, read
from .pipelines import NETWORK, PIPELINES, STANDARD, make
from .report import Summary, summarize, write_report
from .evaluations import EVALUATIONS, Benchmark, Settings, paradigm, run

__all__ = [
    "EVALUATIONS",
    "NETWORK",
    "PIPELINES",
    "STANDARD",
    "Benchmark",
    "Settings",
    "Summary",
    "Trials",
    "make",
    "open_dataset",
    "paradigm",
    "read",
    "run",
    "summarize",
    "write_report",
]
