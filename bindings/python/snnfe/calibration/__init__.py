"""How many labeled trials does a person need? Calibration curves, and use from session to session.

`curve` personalizes networks with the first 0, 5, 10, 20 and 40 labeled trials of each person and tests them on
that person's later ones; `across_sessions` calibrates on a first session, decodes a second one, and personalizes
on line while it does. `python -m snnfe.calibration DATA --network MODEL -o OUT` does both; its figures need
Matplotlib.
"""

from .curve import SIZES, Curve, curve
from .figures import draw_curve, draw_sessions
from .networks import strangers
from .sessions import Sessions, across_sessions, sessions_of

__all__ = [
    "SIZES",
    "Curve",
    "Sessions",
    "across_sessions",
    "curve",
    "draw_curve",
    "draw_sessions",
    "sessions_of",
    "strangers",
]
