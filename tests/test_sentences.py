"""Sentences for people: Chinese ones have Chinese punctuation, in every source tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE_ROOTS = ("core", "eventstore", "plugins", "tui")

HAN = "\u4e00-\u9fff"
# A half-width mark that ends or joins Chinese words. Before a Han character alone it may belong to
# a name or a tag (member:编号); a placeholder counts as a word of the sentence that goes on after it.
HALF_WIDTH = re.compile(rf"[{HAN}”）][,:;?!(]|[}}”）)][,;:?!)](?=[{HAN}])|\([{HAN}]|[{HAN}]\)")


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """The literals of a module with their lines: no docstrings, f-strings with {} for values."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            skipped.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            skipped.update(id(part) for part in node.values)
            parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in skipped
        ):
            yield node.lineno, node.value


def half_width(text: str) -> bool:
    """Whether the Chinese side of ``"中文|English"`` has punctuation of the other language."""
    zh = text.partition("|")[0]
    return "\\" not in text and HALF_WIDTH.search(zh) is not None


@pytest.mark.parametrize("root", SOURCE_ROOTS)
def test_chinese_sentences_have_full_width_punctuation(root: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in sorted((ROOT / root).rglob("*.py"))
        for line, text in strings(path)
        if half_width(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("磁盘已满,没有写入|no room, nothing written", True),
        ("日志 {path}:打不开|the log {path}: closed", True),
        ("共 {n} 条(已封存)|{n} events", True),
        ("日志打不开({why})|closed ({why})", True),
        ("{a}不能并入{b}：类别不同|“{a}” cannot be merged into “{b}”: their kinds differ", False),
        ("标签（member:编号）|a tag", False),
        ("用 --seal 给出 a, b|give a, b", False),
    ],
)
def test_the_search_finds_what_it_should(text: str, wrong: bool) -> None:
    assert half_width(text) is wrong


DIALECT = re.compile(r"(?:What|Whether|Who|Whom|Whose|The same|How|Which|Where|When)\b")
"""Beginnings of docstrings that are half a sentence: what is there or done is said by one that can stand alone."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def documented(tree: ast.AST) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Every function, method and class of a module that has a docstring, with its name."""
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef) and ast.get_docstring(node):
            yield node.name, node


@pytest.mark.parametrize("root", SOURCE_ROOTS)
def test_a_docstring_is_a_sentence_of_its_own(root: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {name}"
        for path in sorted((ROOT / root).rglob("*.py"))
        for name, node in documented(ast.parse(path.read_text(encoding="utf-8")))
        if DIALECT.match(ast.get_docstring(node) or "")
    ]
    assert found == []


FACED = ("core", "eventstore")
REFERENCE = re.compile(r":(?:func|meth):`~?([\w.]+)`")


class Faces:
    """The functions of each room that other rooms call: found by what is imported from room to room."""

    def __init__(self) -> None:
        self.modules: dict[str, ast.Module] = {}
        for root in SOURCE_ROOTS:
            for path in (ROOT / root).rglob("*.py"):
                parts = path.relative_to(ROOT / root).with_suffix("").parts
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                self.modules[name] = ast.parse(path.read_text(encoding="utf-8"))
        self.own = {
            name
            for name in self.modules
            if any((ROOT / root / name.split(".")[0]).exists() for root in FACED)
        }

    def called(self) -> Iterator[tuple[str, str, Function]]:
        """Module, name and definition of each public function or method that another room can call."""
        faces = {place for name in self.modules for place in self._imported(name)}
        for module, name in sorted(faces):
            for node in self.modules[module].body:
                if isinstance(node, Function) and node.name == name:
                    yield module, name, node
                elif isinstance(node, ast.ClassDef) and node.name == name:
                    yield from ((module, f"{name}.{m.name}", m) for m in methods(node))

    def _imported(self, importer: str) -> Iterator[tuple[str, str]]:
        """What a module takes from other rooms: names, and attributes of modules."""
        tree = self.modules[importer]
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            for alias in node.names:
                as_module = f"{node.module}.{alias.name}"
                if as_module not in self.modules:
                    names, module = [alias.name], node.module
                else:
                    names, module = attributes(tree, alias.asname or alias.name), as_module
                if room(module) != room(importer):
                    yield from (f for n in names if (f := self.defined(module, n)) is not None)

    def defined(self, module: str, name: str) -> tuple[str, str] | None:
        """Where a name that ``module`` gives is defined: there, where it has it from, or within its package."""
        tree = self.modules.get(module)
        if tree is None or module not in self.own or name.startswith("_"):
            return None
        for node in tree.body:
            if isinstance(node, Function | ast.ClassDef) and node.name == name:
                return module, name
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        return self.defined(node.module, alias.name)
        # What is imported late, by the package's __getattr__, is named for type checkers only.
        late = (n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module)
        for node in late:
            if node not in tree.body and name in [alias.name for alias in node.names]:
                return self.defined(str(node.module), name)
        return None

    def says(self, module: str, doc: str, parameter: str, deep: bool = True) -> bool:
        """Tells if a docstring, or that of a function which it points to, has an argument by name."""
        if re.search(rf"(?m)^\s+(?:\w+, )*\*{{0,2}}{parameter}(?:, \w+)*:", doc):
            return True
        return deep and any(
            self.says(module, ast.get_docstring(node) or "", parameter, deep=False)
            for target in REFERENCE.findall(doc)
            for name, node in documented(self._module_of(target, module))
            if name == target.rpartition(".")[2]
        )

    def _module_of(self, target: str, here: str) -> ast.Module:
        """The module that a reference points to: the docstring's own, unless it names another."""
        while target and target not in self.modules:
            target = target.rpartition(".")[0]
        return self.modules[target or here]


def room(module: str) -> str:
    """The room of a module: its package with the folder or file below."""
    return ".".join(module.split(".")[:2])


def attributes(tree: ast.Module, name: str) -> list[str]:
    """The attributes that a module reads of something it has imported."""
    return [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    ]


def methods(cls: ast.ClassDef) -> Iterator[Function]:
    """The public methods of a class, overloads left out."""
    for node in cls.body:
        if not isinstance(node, Function) or node.name.startswith("_"):
            continue
        if not any(ast.unparse(d) == "overload" for d in node.decorator_list):
            yield node


def parameters(function: Function) -> list[str]:
    """The names of a function's parameters, without self and cls, and without what is handed on as it came."""
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    if not REFERENCE.search(ast.get_docstring(function) or ""):
        every += [one for one in (given.vararg, given.kwarg) if one is not None]
    return [one.arg for one in every if one.arg not in ("self", "cls")]


def is_command(function: Function) -> bool:
    """Tells if people call it from the command line: its options say what they are."""
    return any(re.search(r"\bclick\b|\bcommand\b", ast.unparse(d)) for d in function.decorator_list)


def test_every_argument_of_a_room_s_face_is_named() -> None:
    """One with three parameters or more; what only hands on points to the function that says them."""
    faces = Faces()
    called = [f for f in faces.called() if len(parameters(f[2])) > 2 and not is_command(f[2])]
    assert ("taizhang.workspace.workspace", "Workspace.record") in {f[:2] for f in called}
    silent = [
        f"{module}.{name}: {parameter}"
        for module, name, function in called
        for parameter in parameters(function)
        if not faces.says(module, ast.get_docstring(function) or "", parameter)
    ]
    assert silent == []


def test_what_a_face_points_to_counts() -> None:
    faces, here = Faces(), "taizhang.decisions.many"
    assert faces.says(
        here, "Does it.\n\nArgs:\n    one: the first.\n    two, three: others.\n", "three"
    )
    assert not faces.says(here, "Does it with ``one``.", "one")
    assert faces.says(here, "As :func:`taizhang.decisions.many.record_many`.", "subjects")
    assert faces.says(here, "As :func:`record_many`.", "subjects")
