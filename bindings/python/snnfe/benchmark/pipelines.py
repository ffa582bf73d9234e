"""The network and the decoders that it is compared with, as pipelines of MOABB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError
from ..montage import places
from ._extras import need

if TYPE_CHECKING:
    from ..sklearn_bridge import SNNClassifier
    from .envelopes import EnvelopeClassifier

#: Name of every pipeline, and what it is.
PIPELINES = {
    "CSP+LDA": "6 common spatial patterns, linear discriminant analysis",
    "TS+LR": "tangent space of the covariances, logistic regression",
    "MDM": "minimum distance to the mean covariance",
    "SNN": "this package's network, from random weights in every fold, on log power of whitened trials in bands",
    "EEGNet": "the convolutional network of braindecode, which has to be there",
    "SNN-samples": "this package's network on samples, as in the paper",
    "EA+CSP+LDA": "across subjects: CSP+LDA after Euclidean alignment of each person",
    "EA+TS+LR": "across subjects: TS+LR after Euclidean alignment of each person",
}
#: Those that are run unless others are asked for.
STANDARD = ("CSP+LDA", "TS+LR", "MDM", "SNN")
#: Of the network, for a few hundred trials: chosen within training people of EEGMMIDB (docs/benchmark.md).
NETWORK: dict[str, Any] = {
    "conv_channels": (16, 32, 32),
    "n_hidden": 64,
    "dropout": 0.1,
    "n_epochs": 30,
    "batch_size": 16,
    "learning_rate": 3e-4,
}
# Channels that a network takes.
_MOST_CHANNELS = 64


def is_aligned(name: str) -> bool:
    """Does a pipeline align people, so that it is one of the evaluation across subjects only?"""
    return name.startswith("EA+")


def make(
    names: Sequence[str],
    channel_names: Sequence[str],
    sampling_rate_hz: float,
    *,
    seed: int = 5,
    network: dict[str, Any] | None = None,
    across_subjects: bool = False,
    calibrated: bool = False,
) -> dict[str, Any]:
    """Pipelines by their names, for trials of these channels at this rate.

    `network` changes `NETWORK`, with any parameter of `SNNClassifier`. `across_subjects`, those that align people ask
    for `subjects`, and align the person who is decided by that person's trials, without labels. Where a benchmark is
    `calibrated`, the network is personalized to the target's labeled trials, and the others train on
    them, too. Raises ArgumentError (an unknown name), NotFoundError (a channel without a place), ImportError.
    """
    changed = {**NETWORK, "random_state": seed, **(network or {})}
    makers: dict[str, Callable[[], Any]] = {
        "CSP+LDA": _csp,
        "TS+LR": _tangent_space,
        "MDM": _mdm,
        "SNN": lambda: _on_envelopes(channel_names, sampling_rate_hz, changed, across_subjects),
        "EEGNet": lambda: _eegnet(seed),
        "SNN-samples": lambda: _on_samples(channel_names, sampling_rate_hz, changed),
        "EA+CSP+LDA": lambda: _aligned(_csp()),
        "EA+TS+LR": lambda: _aligned(_tangent_space()),
    }
    unknown = [name for name in names if name not in makers]
    if unknown:
        raise ArgumentError(f"no pipeline is called {', '.join(unknown)}; there are {', '.join(makers)}")
    made = {name: makers[name]() for name in names}
    return {name: _asking(pipeline, across_subjects, calibrated) for name, pipeline in made.items()}


def _asking(pipeline: Any, across_subjects: bool, calibrated: bool) -> Any:
    """The pipeline, asking for what it makes use of: whose trials are whose, and the target's labeled ones."""
    from ..sklearn_bridge import SNNClassifier
    from .envelopes import EnvelopeClassifier
    from .people import People

    asked: dict[str, bool] = {}
    if calibrated:
        asked.update(X_target_labeled=True, y_target_labeled=True)
        if not isinstance(pipeline, (SNNClassifier, EnvelopeClassifier, People)):
            pipeline = People(pipeline)
    if isinstance(pipeline, EnvelopeClassifier) or (isinstance(pipeline, People) and pipeline.aligned):
        asked.update(subjects=across_subjects)
    if not asked:
        return pipeline
    with need("sklearn").config_context(enable_metadata_routing=True):
        return pipeline.set_fit_request(**asked)


def _aligned(pipeline: Any) -> Any:
    from .people import People

    return People(pipeline, aligned=True)


def _csp() -> Any:
    lda = need("sklearn.discriminant_analysis").LinearDiscriminantAnalysis()
    return _pipeline(_covariances(), need("pyriemann.spatialfilters").CSP(nfilter=6), lda)


def _tangent_space() -> Any:
    regression = need("sklearn.linear_model").LogisticRegression(C=1.0, max_iter=1000)
    return _pipeline(_covariances(), need("pyriemann.tangentspace").TangentSpace(metric="riemann"), regression)


def _mdm() -> Any:
    return _pipeline(_covariances(), need("pyriemann.classification").MDM(metric="riemann"))


def _covariances() -> Any:
    return need("pyriemann.estimation").Covariances(estimator="oas")


def _pipeline(*steps: Any) -> Any:
    return need("sklearn.pipeline").make_pipeline(*steps)


def _on_samples(channel_names: Sequence[str], rate: float, options: dict[str, Any]) -> SNNClassifier:
    from ..sklearn_bridge import SNNClassifier

    _check_number(channel_names)
    made = SNNClassifier(channel_names=list(channel_names), sampling_rate_hz=rate, **options)
    n_rows, n_columns = made.grid
    places(channel_names, made.montage, n_rows=n_rows, n_columns=n_columns)
    return made


def _on_envelopes(
    channel_names: Sequence[str], rate: float, options: dict[str, Any], across_subjects: bool
) -> EnvelopeClassifier:
    """Of three bands, or where those of all channels are too many, of one. People are z-scored one by one."""
    from ..sklearn_bridge import SNNClassifier
    from .envelopes import BANDS, WIDE, EnvelopeClassifier, tiles

    _check_number(channel_names)
    bands = BANDS if len(BANDS) * len(channel_names) <= _MOST_CHANNELS else WIDE
    n_rows, n_columns = options.get("grid", (10, 11))
    own = places(channel_names, options.get("montage"), n_rows=n_rows, n_columns=n_columns)
    montage, height = tiles(channel_names, own, len(bands))
    placed = {"channel_names": list(montage), "montage": montage, "grid": (max(n_rows, height), n_columns)}
    normalize = "subject" if across_subjects else True
    network = SNNClassifier(**{"normalize": normalize, "sampling_rate_hz": rate, **options, **placed})
    return EnvelopeClassifier(network, rate, bands)


def _check_number(channel_names: Sequence[str]) -> None:
    if len(channel_names) > _MOST_CHANNELS:
        raise ArgumentError(
            f"the data set has {len(channel_names)} channels, the network takes up to {_MOST_CHANNELS}: choose some"
        )


def _eegnet(seed: int) -> Any:
    need("torch")
    need("braindecode.models")
    from .eegnet import EEGNetClassifier

    return EEGNetClassifier(random_state=seed)
