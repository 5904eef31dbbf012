"""Commands of programmes: found when asked for, kept apart, and as harmless as the rest of a plugin."""

from officekit.notes import BODY, HEAD

from taizhang.cli import COMMANDS
from taizhang.loading.commanding import CORE

from .conftest import Office

COMMANDING = '''
import click


@hookimpl
def commands():
    RAN

    @click.command("note-count", help="各人的便条数|Notes by member")
    @click.option("--on", help="有效日期|the day")
    @click.pass_obj
    def count(office: Office, on):
        with office.read() as store:
            click.echo(f"{len(store.at(on).rows('NAME_notes'))} {store.today() > date(2012, 1, 1)}")

    yield count

    @click.group("note", help="便条|Notes")
    def notes():
        """One with more below it."""

    @notes.command("take")
    @click.argument("member")
    @click.option("--text", default="好")
    @click.pass_obj
    def take(office: Office, member, text):
        with office.open() as store:
            done = store.record("NAME.note.take", {"member": member, "text": text}, on="2012-04-01")
        click.echo(done.seq[0])

    @notes.command("fail")
    @click.option("--how", default="")
    def fail(how):
        if how == "refuse":
            raise Refused("今天不行|not today")
        if how == "leave":
            raise SystemExit(7)
        if how == "file":
            open("/nowhere/at/all")
        raise ArithmeticError("算不出")

    yield notes
'''


def source(name: str, more: str = "", ran: str = "pass") -> str:
    made = "from datetime import date\n" + HEAD.format(name=name) + BODY
    return made + COMMANDING.replace("NAME", name).replace("RAN", ran) + more


def test_the_core_keeps_its_names() -> None:
    assert set(COMMANDS) <= CORE


def test_a_programme_s_command_reads_and_records(office: Office) -> None:
    office.install("demo1", source("demo1"))
    done = office.run("note", "take", "王小明")
    assert (done.returncode, done.stdout, done.stderr) == (0, "5\n", "")
    assert office.run("note-count", "--on", "2012-03-01").stdout == "0 True\n"
    help = office.run("note-count", "--help").stdout
    assert "各人的便条数" in help
    assert "有效日期" in help
    wrong = office.run("note-count", "--at", "2012-03-01")
    assert (wrong.returncode, "没有选项 --at" in wrong.stderr) == (2, True)
    refused = office.run("note", "take", "无此人")
    assert (refused.returncode, "无此人" in refused.stderr) == (1, True)
    looked = office.run("--read-only", "note", "take", "王小明")
    assert (looked.returncode, "只读" in looked.stderr) == (1, True)
    assert office.run("--read-only", "note-count").stdout == "1 True\n"
    page = office.run("--help").stdout
    core, _, own = page.partition("试验（demo1）")
    assert "note-count" in own
    assert "note-count" not in core
    assert "plugins" in core


def test_no_programme_is_asked_for_a_command_of_the_core_s(office: Office) -> None:
    ran = office.home / "ran"
    office.install("demo1", source("demo1", ran=f"open({str(ran)!r}, 'w')"))
    for words in (("tables",), ("plugins", "--help")):
        assert office.run(*words).returncode == 0
    assert not ran.exists()
    assert office.run("note-count").returncode == 0
    assert ran.exists()


def test_of_two_that_claim_a_name_the_later_is_refused_and_both_are_named(office: Office) -> None:
    more = """
    @click.command("tables", help="自己的|My own")
    def tables():
        click.echo("shadow")

    yield tables
    yield "rubbish"
    yield click.Command("No Name")
"""
    office.install("demo1", source("demo1"))
    office.install("demo2", source("demo2", more))
    assert office.run("note", "take", "王小明").returncode == 0
    done = office.run("note-count")
    assert done.stdout == "1 True\n", "that of demo1, whose note it is"
    assert done.stderr == "注意：命令 note-count 已属于 demo1，拒绝 demo2 的\n"
    assert "shadow" not in office.run("tables").stdout
    page = office.run("--help")
    assert page.returncode == 0
    first, told = (p for p in office.read("plugins", "list") if p["name"].startswith("demo"))
    assert told["state"] == "loaded"
    for said in (
        "命令 note-count 已属于 demo1，拒绝 demo2 的",
        "命令 note 已属于 demo1，拒绝 demo2 的",
        "命令 tables 已属于 taizhang，拒绝 demo2 的",
        "rubbish 不是 click 的命令",
        "命令 No Name：只能由小写字母、数字和连字符组成",
    ):
        assert said in page.stderr
        assert said in told["reason"]
    assert first["reason"] == ""
    assert office.run("plugins", "disable", "demo1").returncode == 0
    assert office.run("note-count").stdout == "0 True\n"


def test_a_fault_of_a_command_is_its_programme_s(office: Office) -> None:
    before = office.rows()
    office.install("demo1", source("demo1"))
    for how, code, said in (("refuse", 1, "今天不行"), ("leave", 7, ""), ("file", 1, "/nowhere")):
        done = office.run("note", "fail", "--how", how)
        assert (done.returncode, said in done.stderr) == (code, True)
    assert office.state("demo1")["state"] == "loaded", "what it says is no fault"
    done = office.run("note", "fail")
    assert done.returncode == 1
    assert "插件 demo1 运行命令“note”时出错：ArithmeticError: 算不出" in done.stderr
    assert "Traceback" not in done.stderr
    assert office.state("demo1")["state"] == "quarantined"
    again = office.run("note-count")
    assert again.returncode == 2
    assert "插件 demo1 没有载入" in again.stderr
    assert office.rows() == before


def test_one_that_fails_in_naming_its_commands_takes_nothing_with_it(office: Office) -> None:
    office.install("aaa", source("aaa", ran="raise ZeroDivisionError('坏')"))
    office.install("demo1", source("demo1"))
    for words in (("--help",), ("nosuch",), ("plugins", "list")):
        (office.store / "quarantine.json").unlink(missing_ok=True)
        done = office.run(*words)
        assert done.returncode == (2 if words == ("nosuch",) else 0)
        assert "Traceback" not in done.stderr
        assert "ZeroDivisionError: 坏" in done.stderr + done.stdout
        assert "已隔离" in done.stdout + done.stderr or "已被隔离" in done.stderr
    assert office.run("note-count").stdout == "0 True\n"
    assert "给出命令" in office.state("aaa")["reason"]


def test_without_a_store_there_are_the_core_s_commands_only(office: Office) -> None:
    ran = office.home / "ran"
    office.install("demo1", f"open({str(ran)!r}, 'w')\n" + source("demo1"))
    office.store = office.home / "nowhere"
    assert "note-count" not in office.run("--help").stdout
    assert office.run("note-count").returncode == 2
    assert not ran.exists()


def test_a_programme_s_command_loads_programmes_once(office: Office) -> None:
    loads = office.home / "loads"
    loading = f"open({str(loads)!r}, 'a').write('x')\n"
    folder = office.store / "plugins"
    folder.mkdir()
    (folder / "demo1.py").write_text(loading + source("demo1"), encoding="utf-8")
    assert office.run("plugins", "trust", "demo1").returncode == 0
    loads.unlink(missing_ok=True)
    assert office.run("note-count").stdout == "0 True\n"
    assert loads.read_text() == "x"
