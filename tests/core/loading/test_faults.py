"""A plugin that fails takes nothing with it: each fault met by the real program, over restarts."""

import json
import shutil

import pytest
from officekit.notes import BODY, HEAD

from .conftest import Office

pytestmark = pytest.mark.hostile

AT_IMPORT = {
    "raises": "raise ImportError('没有这个模块')",
    "exits": "import sys; sys.exit(3)",
    "recurses": "def again(): again()\nagain()",
    "interrupts": "raise KeyboardInterrupt",
    "own base": "class Stop(BaseException): pass\nraise Stop('停')",
}

IN_USE = {
    "decide": BODY
    + """
@programme.action("note.guess", "猜便条|Guess a note")
class GuessNote(Action):
    \"\"\"Fails.\"\"\"

    member: Member = field("党员|Member")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        raise SystemExit("离开")
        yield
""",
    "check": BODY
    + """
@programme.check("sound", "便条可靠|Notes are sound", entity="member")
def _sound(ledger, ids):
    raise ZeroDivisionError("除以零")
    yield
""",
    "projection": BODY.replace(
        "notes.records(TakeNote)",
        """
def _row(happened):
    raise ArithmeticError("算不出")

notes.records(TakeNote, _row)
""",
    ),
}

TAKE = ("record", "demo1.note.take", "--member", "王小明", "--text", "好", "--on", "2012-04-01")


@pytest.mark.parametrize("fault", AT_IMPORT)
def test_one_that_cannot_be_imported_is_named_and_left_alone(office: Office, fault: str) -> None:
    before = office.rows()
    office.install("demo1", HEAD.format(name="demo1") + AT_IMPORT[fault])
    first = office.run("tables")
    assert first.returncode == 0
    assert "demo1" in first.stderr
    assert "载入" in first.stderr
    assert office.state("demo1")["state"] == "quarantined"
    assert office.rows() == before


def test_one_that_ends_the_process_is_named_at_the_next_start(office: Office) -> None:
    before = office.rows()
    office.install("demo1", HEAD.format(name="demo1") + "import os; os._exit(9)")
    assert office.run("tables").returncode == 9
    assert office.run("tables").returncode == 9  # the first time might have been anything
    told = office.state("demo1")
    assert told["state"] == "quarantined"
    assert "没有回来" in told["reason"]
    assert "插件：没有载入：demo1" in office.run("doctor").stdout
    assert office.rows() == before


def test_one_that_hangs_is_named_at_the_next_start(office: Office) -> None:
    before = office.rows()
    office.install("demo1", HEAD.format(name="demo1") + "while True: pass")
    hanging = office.start("tables")
    try:
        office.hanging()
    finally:
        hanging.kill()
        hanging.wait()
    assert office.state("demo1")["state"] == "quarantined"
    assert office.rows() == before


@pytest.mark.parametrize("place", IN_USE)
def test_one_that_fails_in_use_is_quarantined_until_released(office: Office, place: str) -> None:
    before = office.rows()
    office.install("demo1", HEAD.format(name="demo1") + IN_USE[place])
    done = office.run(*TAKE)
    if place == "decide":
        assert done.returncode == 0
        done = office.run("record", "demo1.note.guess", "--member", "王小明", "--on", "2012-04-02")
        assert done.returncode == 1
        assert "SystemExit: 离开" in done.stderr
        assert "Traceback" not in done.stderr
    else:
        assert done.returncode == 0, (
            done.stderr
        )  # what happened is recorded, whatever it does with it
    told = office.state("demo1")
    assert told["state"] == "quarantined"
    assert office.rows() == before
    assert [e["type"] for e in office.read("events")][-1] == "demo1.note_taken@1"
    if place == "projection":
        assert "第 5 号事件" in told["reason"]
    office.install("demo1", HEAD.format(name="demo1") + BODY)
    assert office.state("demo1")["state"] == "loaded"  # another code is tried again
    assert [r["text"] for r in office.read("show", "demo1_notes")] == ["好"]


VERSION_2 = BODY.replace(
    '@programme.deed("note.take", "记便条|Take a note", event="note_taken")',
    """def _lift(payload):
    {fault}


@programme.event("note_taken", "记了便条|Note taken", version=2, upcasters={{1: _lift}})
class NoteTaken(Event):
    \"\"\"The same, but for the version.\"\"\"

    member: Member = field("党员|Member")
    text: Text = field("内容|Text")


notes.records(NoteTaken)


@programme.deed("note.keep", "存便条|Keep a note", event="note_kept")""",
)


@pytest.mark.parametrize(
    "fault", ["raise KeyError('text')", "raise SystemExit('离开')", "return 7"]
)
@pytest.mark.parametrize("rebuilt", [False, True])
def test_one_whose_upcaster_fails_is_quarantined_with_the_event(
    office: Office, fault: str, rebuilt: bool
) -> None:
    office.install("demo1", HEAD.format(name="demo1") + BODY)
    assert office.run(*TAKE).returncode == 0
    before = office.rows()
    office.install("demo1", HEAD.format(name="demo1") + VERSION_2.format(fault=fault))
    first = office.run("rebuild") if rebuilt else office.run("show", "members")
    assert first.returncode == 0, first.stderr
    told = office.state("demo1")
    assert told["state"] == "quarantined"
    assert "第 5 号事件" in told["reason"]
    assert "升级旧版本的事件" in told["reason"]
    assert office.rows() == before
    assert [e["type"] for e in office.read("events")][-1] == "demo1.note_taken@1"
    office.install("demo1", HEAD.format(name="demo1") + VERSION_2.format(fault="return payload"))
    assert office.state("demo1")["state"] == "loaded"
    assert [r["text"] for r in office.read("show", "demo1_notes")] == ["好"]


def test_released_it_is_tried_again(office: Office) -> None:
    office.install("demo1", HEAD.format(name="demo1") + IN_USE["projection"])
    assert office.run(*TAKE).returncode == 0
    assert office.state("demo1")["state"] == "quarantined"
    assert office.run("plugins", "release", "demo1").returncode == 0
    assert office.state("demo1")["state"] == "loaded"
    assert office.run("plugins", "release", "demo1").returncode == 1


def test_a_misspelt_hook_is_refused_and_the_right_one_named(office: Office) -> None:
    source = BODY + "\n@hookimpl\ndef demonstartion(scene):\n    return []\n"
    office.install("demo1", HEAD.format(name="demo1") + source)
    told = office.state("demo1")
    assert told["state"] == "refused"
    assert "demonstartion" in told["reason"]
    assert "demonstration" in told["reason"]


def test_of_two_of_one_name_the_later_is_refused_and_both_are_named(office: Office) -> None:
    before = office.rows()
    office.install("liudai", HEAD.format(name="liudai").replace("便条", "x") + BODY, "9.9")
    # Beside the bundled one, under another distribution's name.
    (office.site / "taizhang_liudai").rename(office.site / "other_liudai")
    points = office.site / "taizhang_liudai-9.9.dist-info" / "entry_points.txt"
    points.write_text("[taizhang.plugins]\nliudai = other_liudai\n", "utf-8")
    # And files of the store, with that name and with one of an installed one.
    (office.store / "plugins").mkdir()
    office.install("demo1", HEAD.format(name="demo1"))
    for name in ("liudai", "demo1"):
        (office.store / "plugins" / f"{name}.py").write_text(HEAD.format(name=name), "utf-8")
        assert office.run("plugins", "trust", name).returncode == 0
    told = office.read("plugins", "list")
    assert set(told[0]) >= {"name", "version", "source", "state", "reason"}
    ours = [p for p in told if p["name"] in ("liudai", "demo1")]
    assert sorted((p["name"], p["source"], p["state"]) for p in ours) == [
        ("demo1", "installed", "loaded"),
        ("demo1", "store", "refused"),
        ("liudai", "bundled", "loaded"),
        ("liudai", "installed", "refused"),
        ("liudai", "store", "refused"),
    ]
    for refused in (p for p in ours if p["state"] == "refused"):
        first = "taizhang-demo1" if refused["name"] == "demo1" else "taizhang"
        assert refused["reason"] == (
            f"{refused['name']} 这个名字已属于 {first}，拒绝 {refused['origin']}"
        )
    assert office.rows() == before


def test_of_two_distributions_of_one_name_neither_is_loaded_and_both_are_named(
    office: Office,
) -> None:
    """Which of them wrote what the store holds nobody knows; that one begins with a is no reason."""
    office.install("demo1", HEAD.format(name="demo1") + BODY)
    assert office.run(*TAKE).returncode == 0
    before = office.rows()
    (office.site / "taizhang_demo1").rename(office.site / "own_demo1")
    points = office.site / "taizhang_demo1-1.0.dist-info" / "entry_points.txt"
    points.write_text("[taizhang.plugins]\ndemo1 = own_demo1\n", "utf-8")
    assert office.state("demo1")["state"] == "loaded"
    office.install("demo1", HEAD.format(name="demo1") + BODY, "9.9")
    other = office.site / "aaa_demo1-9.9.dist-info"
    (office.site / "taizhang_demo1-9.9.dist-info").rename(other)
    (other / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: aaa-demo1\nVersion: 9.9\n", "utf-8"
    )
    (office.store / "plugins").mkdir()
    (office.store / "plugins" / "demo1.py").write_text(HEAD.format(name="demo1"), "utf-8")
    assert office.run("plugins", "trust", "demo1").returncode == 0
    told = [p for p in office.read("plugins", "list") if p["name"] == "demo1"]
    assert [(p["source"], p["state"]) for p in told] == [
        ("installed", "refused"), ("store", "refused"), ("installed", "refused"),
    ]  # fmt: skip
    assert told[0]["reason"] == "aaa-demo1、taizhang-demo1 都叫 demo1，都不载入；请卸载到只剩一个"
    assert [e["type"] for e in office.read("events")][-1] == "demo1.note_taken@1"
    assert office.rows() == before
    (other / "entry_points.txt").unlink()
    assert [r["text"] for r in office.read("show", "demo1_notes")] == ["好"]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (HEAD.replace("api=1", "api=7"), "接口版本 7"),
        (HEAD.replace('("members",)', '("members", "nobody")'), "需要 nobody"),
        (HEAD.replace("api=1", "api=1+0"), "api"),
        (HEAD.replace("programme =", "program ="), "programme = Programme"),
        ("def (", "第 1 行"),
    ],
)
def test_what_asks_for_what_is_not_here_is_never_run(office: Office, head: str, said: str) -> None:
    ran = office.home / "ran"
    office.install("demo1", f"open({str(ran)!r}, 'w')\n" + head.format(name="demo1"))
    told = office.state("demo1")
    assert told["state"] in ("refused", "failed")
    assert said in told["reason"] or said == "第 1 行"
    assert not ran.exists()


def test_the_order_is_that_of_needs(office: Office) -> None:
    office.install("aaa", HEAD.format(name="aaa").replace('"members",', '"zzz",'))
    office.install("zzz", HEAD.format(name="zzz"))
    office.install("cyc", HEAD.format(name="cyc").replace('"members",', '"dyc",'))
    office.install("dyc", HEAD.format(name="dyc").replace('"members",', '"cyc",'))
    assert office.state("aaa")["state"] == office.state("zzz")["state"] == "loaded"
    assert office.state("cyc")["state"] == office.state("dyc")["state"] == "refused"
    assert "dyc" in office.state("cyc")["reason"]
    assert office.run("plugins", "disable", "zzz").returncode == 0
    assert "zzz" in office.state("aaa")["reason"]


def test_a_file_of_the_store_runs_only_when_trusted(office: Office) -> None:
    folder = office.store / "plugins"
    folder.mkdir()
    file = folder / "demo1.py"
    file.write_text(HEAD.format(name="demo1") + BODY, "utf-8")
    assert office.state("demo1")["state"] == "untrusted"
    assert office.run(*TAKE).returncode == 2
    assert office.run("plugins", "trust", "demo1").returncode == 0
    assert office.state("demo1")["state"] == "loaded"
    assert office.run(*TAKE).returncode == 0
    assert [r["text"] for r in office.read("show", "demo1_notes")] == ["好"]
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")
    assert office.state("demo1")["state"] == "untrusted"  # another byte, another question
    assert [e["type"] for e in office.read("events")][-1] == "demo1.note_taken@1"
    assert office.run("plugins", "trust", "demo1").returncode == 0
    assert office.run("plugins", "trust", "demo1", "--withdraw").returncode == 0
    assert office.state("demo1")["state"] == "untrusted"


def test_the_commands_that_repair_run_no_plugin(office: Office) -> None:
    ran = office.home / "ran"
    running = f"open({str(ran)!r}, 'w')\n" + HEAD
    office.install("demo1", running.format(name="demo1"))
    folder = office.store / "plugins"
    folder.mkdir()
    (folder / "demo2.py").write_text(running.format(name="demo2"), "utf-8")
    backup = str(office.home / "backup")
    for words, code in (
        (("plugins", "disable", "demo1"), 0),
        (("plugins", "enable", "demo1"), 0),
        (("plugins", "release", "demo1"), 1),
        (("plugins", "trust", "demo2"), 0),
        (("seal",), 0),
        (("verify",), 0),
        (("prove", "2"), 0),
        (("backup", backup), 0),
        (("doctor", "--full"), 0),
    ):
        done = office.run(*words)
        assert (words, done.returncode) == (words, code), done.stderr + done.stdout
        assert not ran.exists(), words
    shutil.rmtree(office.store)
    done = office.run("restore", backup)
    assert done.returncode == 0, done.stderr
    assert not ran.exists()
    assert office.state("demo1")["state"] == "loaded"
    assert office.read("show", "liudai_leads")[0]["minutes"] == 30
    assert ran.exists()


def test_one_that_hangs_does_not_hang_the_doctor_who_names_it(office: Office) -> None:
    office.install("demo1", HEAD.format(name="demo1") + "while True: pass")
    office.install("demo2", HEAD.format(name="demo2").replace("api=1", "api=7"))
    hanging = office.start("tables")
    try:
        office.hanging()
        # Now for everybody else.
        assert "demo1" not in _said_of_plugins(office)
    finally:
        hanging.kill()
        hanging.wait()
    assert _said_of_plugins(office) == "没有载入：demo1 demo2（见 taizhang plugins list）"
    assert list(office.store.glob(".running-demo1-*")), (
        "who only looks leaves it for who may note it"
    )
    assert office.run("tables").returncode == 0
    assert _said_of_plugins(office) == "没有载入：demo1 demo2（见 taizhang plugins list）"


def _said_of_plugins(office: Office) -> str:
    checks = json.loads(office.run("doctor", "--json").stdout)["checks"]
    (found,) = [c for c in checks if c["check"] == "plugins"]
    (findings,) = [c for c in checks if c["check"] == "findings"]
    assert "体检不运行插件" in findings["zh"]
    return str(found["zh"])


def test_settings_and_environment_limit_what_is_loaded(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.install("demo1", HEAD.format(name="demo1"))
    (office.store / "config.toml").write_text('plugins = ["demo1"]\n', "utf-8")
    assert (office.state("demo1")["state"], office.state("liudai")["state"]) == (
        "loaded",
        "disabled",
    )
    monkeypatch.setenv("TAIZHANG_PLUGINS", "")
    assert office.state("demo1")["state"] == "disabled"


@pytest.mark.slow
def test_one_that_fails_in_the_demonstration_adds_nothing_to_it(office: Office) -> None:
    office.install(
        "demo1",
        HEAD.format(name="demo1")
        + BODY
        + """
@hookimpl
def demonstration(scene):
    member, since = scene.in_service[0]
    yield Deal("demo1.note.take", since, member, {"text": "好"})
    raise ZeroDivisionError("除以零")
""",
    )
    office.store = office.home / "shown"
    done = office.run("demo", seconds=300)
    assert done.returncode == 0, done.stderr
    assert "插件 demo1 生成示例时出错：ZeroDivisionError: 除以零" in done.stderr
    assert "Traceback" not in done.stderr
    assert office.state("demo1")["state"] == "quarantined"
    owners = {event["plugin"] for event in office.read("events", "--limit", "100000")}
    assert {"liudai", "liunuo", "sanguan", "wujian"} < owners
    assert "demo1" not in owners
