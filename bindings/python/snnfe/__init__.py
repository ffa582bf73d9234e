"""Personalized spiking neural networks with ferroelectric synapses for EEG.

The Python side of libsnnfe. `Dataset` reads recordings, `Network` is the spiking network, `Device` a
ferroelectric synapse, `Trainer` trains; `pretrain`, `train_on_device`, `retune` and `personalize` are
the paper's stages; `split` has index lists. `Decoder` decides live, `Learner` personalizes it meanwhile.
Errors are exceptions derived from `SnnfeError`.

Bridges to other packages are modules of their own: `snnfe.checkpoints` (PyTorch, safetensors),
`snnfe.mne_bridge`, `snnfe.sklearn_bridge`, `snnfe.frames` (pandas), `snnfe.figures` (Matplotlib);
`snnfe.montage` has the places of electrodes. Programs and modules: `snnfe.audit` (what does a decoder
listen to?), `snnfe.benchmark` (MOABB), `snnfe.calibration` (how many labeled trials?), `snnfe.figures`.
"""

from . import errors, split
from ._callbacks import Progress
from ._library import default_threads, version
from .characterization import Characterization, characterize, characterize_file, fit_response
from .control import Control
from .dataset import Dataset
from .decoder import Decision, Decoder
from .device import LTD, LTP, Device, DeviceStep
from .errors import SnnfeError
from .evaluation import Evaluation, Personalized, evaluate, evaluate_by_subject, personalize, seen, trial_logits
from .learner import Learner
from .network import LAYERS, Network, Parameter
from .options import defaults
from .population import Population, characterize_population, characterize_population_files, fit_history, fit_history_file
from .provenance import Origin, Signal, Trials
from .recording import Recording
from .report import Report, make_report
from .signal import (
    LiveResampler,
    causal_filter_apply,
    filter_apply,
    filter_design,
    notch_filter_apply,
    resample,
)
from .stages import Trained, pretrain, retune, train_on_device
from .synthetic import write_synthetic
from .trainer import Trainer
from .transfer import programming_noise, quantize

__version__ = version()

__all__ = [
    "LAYERS",
    "LTD",
    "LTP",
    "Characterization",
    "Control",
    "Dataset",
    "Decision",
    "Decoder",
    "Device",
    "DeviceStep",
    "Evaluation",
    "Learner",
    "LiveResampler",
    "Network",
    "Origin",
    "Parameter",
    "Personalized",
    "Population",
    "Progress",
    "Recording",
    "Report",
    "Signal",
    "SnnfeError",
    "Trained",
    "Trainer",
    "Trials",
    "causal_filter_apply",
    "characterize",
    "characterize_file",
    "characterize_population",
    "characterize_population_files",
    "default_threads",
    "defaults",
    "errors",
    "evaluate",
    "evaluate_by_subject",
    "filter_apply",
    "filter_design",
    "fit_history",
    "fit_history_file",
    "fit_response",
    "make_report",
    "notch_filter_apply",
    "personalize",
    "pretrain",
    "programming_noise",
    "quantize",
    "resample",
    "retune",
    "seen",
    "split",
    "train_on_device",
    "trial_logits",
    "version",
    "write_synthetic",
]


def __getattr__(name: str) -> object:
    """Names in British spelling are understood, as options are: `snnfe.personalise`."""
    american = name.replace("ise", "ize")
    if american in __all__:
        return globals()[american]
    raise AttributeError(f"module 'snnfe' has no attribute {name!r}")
