"""`config.toml`: read, and changed without touching what else people have written in it."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from taizhang.words.errors import Usage
from taizhang_eventstore.files import put
from taizhang_eventstore.files import read as read_file

NewTable = Callable[[], MutableMapping[str, Any]]
"""Makes an empty table of the kind that a document can take."""

Change = Callable[[MutableMapping[str, Any], NewTable], None]
"""Changes a document, making tables as it is told."""


def read(config: Path) -> dict[str, Any]:
    """The settings; none where there is no file. Raises :class:`Usage` for one that is not TOML."""
    written = read_file(config)
    if written is None:
        return {}
    import tomllib  # here, since most stores have no such file

    try:
        return tomllib.loads(written.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Usage(
            "config.toml 写法有误：{what}|config.toml is not valid TOML: {what}", what=error
        ) from None


def rewrite(config: Path, change: Change, where: str) -> None:
    """Has ``change`` made to the file, comments and order kept; never half of it.

    Raises :class:`Usage` for a file that is not TOML or is written in a way that cannot be changed at
    ``where``, and ``StoreError``; then nothing was written.

    Args:
        config: The file, which need not be there.
        change: Changes the parsed document.
        where: What is changed there, for people.
    """
    # Imported here: only who changes a setting needs what keeps comments and order of a file.
    import tomllib

    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    wanted: dict[str, Any] = read(config)  # What cannot be read is not written over.
    change(wanted, dict)
    before = (read_file(config) or b"").decode()
    # A table of its own is what people write; between tables on one line and dotted keys none can stand.
    for new in (tomlkit.table, tomlkit.inline_table):
        document = tomlkit.parse(before)
        try:
            change(document, new)
            text = tomlkit.dumps(document)
            if tomllib.loads(text) == wanted:
                put(config, text.encode(), mode=0o600)
                return
        except (TOMLKitError, ValueError):
            continue
    raise Usage(
        "config.toml 里 {where} 的写法改不了，没有写入；请直接改文件"
        "|{where} in config.toml is written in a way that cannot be changed here; nothing was "
        "written, please edit the file",
        where=where,
    )
