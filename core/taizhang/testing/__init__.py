"""Testing programmes (试验): for authors, the same that the house's own tests use.

The pytest plugin (:mod:`.plugin`) gives stores and screens to test a programme on. Underneath, histories
drawn from any vocabulary's declarations (:mod:`.histories`), logs made of them (:mod:`.logs`), ledgers
over the logs (:mod:`.ledgers`), an oracle that shares no code with the ledger (:mod:`.oracle`), and the
properties of time (:mod:`.properties`).

Wherever taizhang is installed, pytest loads the plugin: nothing here is imported before it is used.
"""
