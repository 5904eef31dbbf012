"""Activities and campaigns through the command line, with the data of 创卫我先行 and a service day."""

from __future__ import annotations

from officekit.commands import Run, column, seq


def test_a_campaign_with_roles_tasks_goals_and_activities(tz: Run) -> None:
    """D0.08: three roles; D0.09: four tasks; what was handed out counts towards the goal."""
    new = ("--name", "创卫我先行", "--organisation", "第一支部", "--on", "2009-03-01")
    tz("record", "campaign.open", *new)
    of = ("--campaign", "创卫我先行")
    for role in ("宣传员", "战斗员", "监督员"):
        tz(
            "record",
            "campaign.assign",
            *of,
            "--role",
            role,
            "--member",
            "王小明",
            "--on",
            "2009-03-01",
        )
    for task in ("清理杂物", "粉刷楼道", "自拆雨棚", "绿化"):
        due = ("--due", "2009-06-30", "--on", "2009-03-05")
        tz("record", "task.plan", *of, "--name", task, *due)
    aim = ("--goal", "发放资料", "--target", "500", "--measure", "份", "--on", "2009-03-05")
    tz("record", "campaign.aim", *of, *aim)
    held = tz(
        "record", "activity.hold", "--name", "院坝会", "--kind", "环境整治", "--organisation", "第一支部",
        *of, "--people", "王小明=2小时,宣传", "--units", "环城一小", "--counts", "发放资料=300,份",
        "--counts", "参加居民=45,人次", "--participants", "46", "--on", "2009-04-10", "--json",
    )  # fmt: skip
    tz("record", "task.complete", "--task", "清理杂物", "--on", "2009-05-01")
    on = ("--on", "2009-07-15")
    assert len(tz("show", "campaign_roles", *on)) == 3
    states = dict(column(tz("show", "campaign_tasks", *on), "name", "state"))
    assert sorted(states.values()) == ["做完", "待做", "待做", "待做"]
    late = tz("due", "--duty", "task.complete", "--organisation", "第一支部", *on)["names"]
    assert {name["name"] for name in late} == {"粉刷楼道", "自拆雨棚", "绿化"}
    (goal,) = tz("show", "campaign_goals", *on)
    assert (goal["target"], goal["reached"]) == (500_000, 300_000)
    (before,) = tz("show", "campaign_goals", *on, "--known", str(seq(held) - 1))
    assert before["reached"] == 0
    (activity,) = tz("show", "activities", *on)
    assert (activity["named"], activity["participants"]) == (1, 46)
    assert column(tz("show", "activity_people", *on), "minutes", "role") == [(120, "宣传")]
    tz("correct", str(seq(held)), "--line", "counts/1", "--number", "500", "--reason", "少记")
    (goal,) = tz("show", "campaign_goals", *on)
    assert goal["reached"] == 500_000
    tz("record", "campaign.close", *of, "--on", "2009-12-31")
    assert tz("show", "campaign_roles", "--on", "2010-01-01") == []


def test_a_service_day_counts_and_names_nobody(tz: Run) -> None:
    """D0.19: 39 units, 41 kinds of work, 954 vacancies."""
    day = (
        "record",
        "activity.hold",
        "--name",
        "为民服务日",
        "--kind",
        "服务日",
        "--on",
        "2010-03-05",
    )
    by = ("--organisation", "桃源社区党总支")
    numbers = ("招聘单位=39,家", "招聘工种=41,种", "招聘岗位=954,个")
    tz(*day, *by, *(word for number in numbers for word in ("--counts", number)))
    rows = column(tz("show", "activity_counts", "--on", "2010-12-31"), "what", "number")
    assert rows == [("招聘单位", 39_000), ("招聘工种", 41_000), ("招聘岗位", 954_000)]
    assert "少于列名人数" in tz(
        *day, *by, "--people", "王小明", "--participants", "0", refused=True
    )
    numbers = tz("figures", "activity.count", "--on", "2010-12-31")
    assert [n["value"] for n in numbers if n["whole"]] == [1]
