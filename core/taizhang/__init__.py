"""taizhang 台账: the platform, and the core domain written on it.

The message path: an *Action* is decided against the *ledger*, yields *events*, which are appended to the
*log* on condition that nothing it read has changed, and become rows again (:mod:`taizhang.workspace`).
"""

__version__ = "0.1.0"
