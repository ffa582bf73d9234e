"""What does a decoder listen to: the imagery, or the eyes?

`audit` takes a data set and decoders (networks of this package, or classifiers with scikit-learn's methods),
compares them with simple baselines, exchanges and isolates parts of the trials, and judges by stated rules;
`write_report` makes a page, tables and JSON of the result. `python -m snnfe.audit DATA --network MODEL -o
REPORT` does both. Needs `pip install 'snnfe[audit]'`: scikit-learn, pyRiemann, MNE and Matplotlib.
"""

from .decoders import Decoder, Part, of_classifier, of_fitted, of_networks
from .material import EYE_PAIRS, REGIONS, Material, prepare
from .report import write_report
from .run import Audit, Audited, Effect, Score, Settings, audit
from .statistics import Comparison, Interval
from .verdict import Evidence, Finding, Verdict, judge

__all__ = [
    "EYE_PAIRS",
    "REGIONS",
    "Audit",
    "Audited",
    "Comparison",
    "Decoder",
    "Effect",
    "Evidence",
    "Finding",
    "Interval",
    "Material",
    "Part",
    "Score",
    "Settings",
    "Verdict",
    "audit",
    "judge",
    "of_classifier",
    "of_fitted",
    "of_networks",
    "prepare",
    "write_report",
]
