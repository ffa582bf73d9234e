"""The network and the decoders that it is compared with, as pipelines of MOABB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError
from ..montage import places
from ._extras import need

if TYPE_CHECKING:
    from ..sklearn_bridge import SNNClassifier

#: Name of every pipeline, and what it is.
PIPELINES = {
    "CSP+LDA": "6 common spatial patterns, linear discriminant analysis",
    "TS+LR": "tangent space of the covariances, logistic regression",
    "MDM": "minimum distance to the mean covariance",
    "SNN": "this package's network, from random weights in every fold",
    "EEGNet": "the convolutional network of braindecode, which has to be there",
}
#: Those that are run unless others are asked for.
STANDARD = ("CSP+LDA", "TS+LR", "MDM", "SNN")
#: Of the network: a quarter of the paper's channels, and steps for a few hundred trials.
NETWORK: dict[str, Any] = {
    "conv_channels": (16, 32, 64),
    "n_hidden": 64,
    "dropout": 0.1,
    "n_epochs": 20,
    "batch_size": 8,
    "learning_rate": 1e-3,
}
_TARGET = {"X_target_labeled": True, "y_target_labeled": True}


def make(
    names: Sequence[str],
    channel_names: Sequence[str],
    sampling_rate_hz: float,
    *,
    seed: int = 5,
    network: dict[str, Any] | None = None,
    calibrated: bool = False,
) -> dict[str, Any]:
    """Pipelines by their names, for trials of these channels at this rate.

    `network` changes `NETWORK`, with any parameter of `SNNClassifier`. Where a benchmark is `calibrated`, the
    network is personalized to the target's labeled trials, and the others train on them, too. Raises
    ArgumentError (an unknown name), NotFoundError (a channel without a place), ImportError.
    """
    makers: dict[str, Callable[[], Any]] = {
        "CSP+LDA": _csp,
        "TS+LR": _tangent_space,
        "MDM": _mdm,
        "SNN": lambda: _network(channel_names, sampling_rate_hz, seed, network or {}),
        "EEGNet": lambda: _eegnet(seed),
    }
    unknown = [name for name in names if name not in makers]
    if unknown:
        raise ArgumentError(f"no pipeline is called {', '.join(unknown)}; there are {', '.join(makers)}")
    made = {name: makers[name]() for name in names}
    return {name: _asking(pipeline) for name, pipeline in made.items()} if calibrated else made


def _asking(pipeline: Any) -> Any:
    """The pipeline, asking for the target's labeled trials."""
    from ..sklearn_bridge import SNNClassifier
    from .pooled import Pooled

    asking = pipeline if isinstance(pipeline, SNNClassifier) else Pooled(pipeline)
    with need("sklearn").config_context(enable_metadata_routing=True):
        return asking.set_fit_request(**_TARGET)


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


def _network(channel_names: Sequence[str], rate: float, seed: int, changed: dict[str, Any]) -> SNNClassifier:
    from ..sklearn_bridge import SNNClassifier

    options = {**NETWORK, "random_state": seed, **changed}
    made = SNNClassifier(channel_names=list(channel_names), sampling_rate_hz=rate, **options)
    if len(channel_names) > 64:
        raise ArgumentError(f"the data set has {len(channel_names)} channels, the network takes up to 64: choose some")
    n_rows, n_columns = made.grid
    places(channel_names, made.montage, n_rows=n_rows, n_columns=n_columns)
    return made


def _eegnet(seed: int) -> Any:
    need("torch")
    need("braindecode.models")
    from .eegnet import EEGNetClassifier

    return EEGNetClassifier(random_state=seed)
