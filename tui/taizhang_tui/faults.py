"""What happens when something breaks: one sentence on the terminal, and a log without data.

The log holds where it broke, line by line, and the kind of error. It holds no local variables and
no message of the error, for either may carry a person's name or number.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import traceback
from pathlib import Path

import platformdirs

from taizhang_eventstore.errors import BilingualError, StoreError
from taizhang_tui.words import say


def log_path() -> Path:
    """Returns the file that faults are written to."""
    return Path(platformdirs.user_log_dir("taizhang", appauthor=False)) / "faults.log"


def write_down(error: BaseException) -> Path | None:
    """Writes where an error arose; gives the file, or None when it cannot be written."""
    where = "\n".join(
        f"  {frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    )
    stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{stamp} {type(error).__module__}.{type(error).__name__}\n{where}\n")
    except OSError:
        return None
    return path


def record_fault(error: BaseException, language: str) -> int:
    """Says what happened and returns the exit code; a sentence of ours is raised anew."""
    if isinstance(error, BilingualError):
        raise error  # The command line shows it, and knows its exit code.
    path = write_down(error)
    kept = say(
        "出错的位置已记入 {path}|where it happened is written to {path}"
        if path is not None
        else "出错的位置没能记下|where it happened could not be written down",
        language,
    )
    said = say(
        "错误：程序内部出错（{kind}），已停止；已登记的和草稿都在。"
        "|error: the program failed ({kind}) and has stopped; records and drafts are safe. ",
        language,
    )
    sys.stderr.write(f"{said}{kept}\n".format(kind=type(error).__name__, path=path))
    return 1


def say_unsealed(error: StoreError, language: str) -> int:
    """Says that what was recorded is not sealed, and why; 3 where the log is not as it was sealed."""
    said = say("没有封存：{why}登记的都在。|not sealed: {why} What was recorded stands.", language)
    with contextlib.suppress(OSError):  # the terminal may have gone
        sys.stderr.write(said.format(why=error.text(language)) + "\n")
    return error.exit_code if error.exit_code == 3 else 0
