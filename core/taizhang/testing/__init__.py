"""Testing programmes (试验): for authors, the same that the house's own tests use.

:func:`contract` proves for a programme what has to hold for every one; the pytest plugin
(:mod:`.plugin`) gives stores and screens to test it on. Underneath, histories drawn from any
vocabulary's declarations (:mod:`.histories`), logs made of them (:mod:`.logs`), ledgers over the logs
(:mod:`.ledgers`), an oracle that shares no code with the ledger (:mod:`.oracle`), and the properties of
time (:mod:`.properties`).

Wherever taizhang is installed, pytest loads the plugin: nothing here is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taizhang.testing.suite import contract as contract

__all__ = ["contract"]


def __getattr__(name: str) -> Any:
    if name != "contract":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from taizhang.testing.suite import contract

    return contract
