"""Scaffolding (脚手架): a new programme as a package that passes its own tests at once.

The files stand in ``files/`` as Jinja templates; :data:`FILES` says where each goes.
"""

from __future__ import annotations

import keyword
import os
import re
from pathlib import Path

from taizhang import __version__
from taizhang.declarations.programme import API
from taizhang.store.making import being_made, place
from taizhang.words.errors import Refused, Usage

FILES = {
    "pyproject.toml": "pyproject.toml.jinja",
    "README.md": "readme.md.jinja",
    "taizhang_{name}/__init__.py": "module.py.jinja",
    "taizhang_{name}/py.typed": "typed.jinja",
    "tests/test_{name}.py": "tests.py.jinja",
    "tests/samples.jsonl": "samples.jsonl.jinja",
}
"""Each file of the package, and its template."""

_NAME = re.compile(r"[a-z][a-z0-9]{1,30}")


def scaffold(name: str, folder: Path | None = None) -> list[Path]:
    """Writes the package ``taizhang_NAME`` into ``folder`` (or ``taizhang-NAME`` here); gives its files.

    Raises :class:`Usage` for a name that cannot be one and :class:`Refused` for a name that is taken and
    for a folder that is there; then nothing is written.
    """
    _fit(name)
    target = folder if folder is not None else Path(f"taizhang-{name}")
    if os.path.lexists(target):
        raise Refused("{path} 已经存在|{path} exists already", path=target)
    # Imported here alone: nothing else on the command line needs it.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("taizhang.scaffold", "files"),
        undefined=StrictUndefined,
        autoescape=False,  # what is written is source code
        keep_trailing_newline=True,
    )
    words = {"name": name, "api": API, "version": __version__}
    texts = {
        path.format(name=name): templates.get_template(template).render(words)
        for path, template in FILES.items()
    }
    with being_made(target) as part:
        for path, text in texts.items():
            file = part / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        place(part, target)
    return [target / path for path in texts]


def _fit(name: str) -> None:
    """Refuses a name that no programme can have, or another one has."""
    from taizhang.loading.loader import core_registry
    from taizhang.loading.sources import candidates

    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise Usage(
            "插件名应为 2 至 31 个小写字母或数字，以字母开头：{name}"
            "|the name of a plugin is 2 to 31 of a-z and 0-9, a letter first: {name}",
            name=name,
        )
    registry = core_registry()
    nouns = {noun for p in registry.programmes.values() for noun in p.nouns}
    if name in nouns | set(registry.programmes) | set(registry.entities):
        raise Refused(
            "{name} 这个名字属于平台自己|the name {name} is the platform's own", name=name
        )
    for candidate in candidates(None):
        if candidate.name == name:
            raise Refused(
                "{name} 这个名字已属于 {who}|the name {name} belongs to {who} already",
                name=name,
                who=candidate.origin,
            )
