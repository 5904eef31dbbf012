"""Writes a golden store: ``python tests/golden/make.py DIRECTORY``, such as ``v4`` beside this file.

A small store in which everything happens once that the core and the bundled programmes can record, with
late facts, corrections, voids, a void of a void, seals, and one person erased; and ``expected.json``, what its tables
said when it was written. It is written once by a released version and kept for ever, byte for byte: a
later one has to open, replay and verify it (``test_golden.py``). ``v0`` is of before personal data were
sealed, ``v1`` of before anybody was erased, ``v2`` of before steps, posts, ratings and the calendar; ``v2`` and
``v3`` also have ``older-keys.db``, the keys as they were before the erasure. What changes in a later version
gets a store of its own.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from taizhang import __version__
from taizhang.maintenance.erasing import erase
from taizhang.workspace import Workspace
from taizhang_eventstore.ambient import SeededAmbient

HERE = Path(__file__).parent
TODAY = dt.date(2012, 12, 31)
LEFT = ("seal.key", "keys.db-journal", "ledger.db", "ledger.db-wal", "ledger.db-shm", "drafts")
"""What of a store is not kept: the private key, and what can be computed."""

OLDER_KEYS = "older-keys.db"

STEPS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    # day, action, name of what it makes, fields: "@name" is what was made under that name
    ("2004-12-01", "calendar.arrange", "", {
        "year": 2005, "holidays": "2005-01-01..03 2005-02-09..15", "worked": "2005-02-05 2005-02-06",
    }),
    ("2005-01-01", "organisation.found", "委", {"name": "天井湖社区党工委", "kind": "党工委"}),
    ("2005-01-01", "organisation.found", "总支", {"name": "井湖总支", "kind": "总支", "parent": "@委"}),
    ("2005-02-01", "organisation.found", "一", {"name": "第一支部", "kind": "支部", "parent": "@委"}),
    ("2005-02-01", "organisation.found", "二", {"name": "第二支部", "kind": "支部", "parent": "@委"}),
    ("2005-02-01", "organisation.found", "三", {"name": "第三支部", "kind": "支部", "parent": "@委"}),
    ("2005-02-01", "organisation.found", "四", {"name": "第四支部", "kind": "支部", "parent": "@委"}),
    ("2005-02-01", "organisation.found", "外", {"name": "外地党组织", "kind": "外部组织"}),
    ("2005-03-01", "organisation.found", "组", {"name": "第一小组", "kind": "党小组", "parent": "@一"}),
    ("2006-01-01", "organisation.rename", "", {"organisation": "@二", "name": "井湖第二支部"}),
    ("2006-01-01", "organisation.move", "", {"organisation": "@二", "parent": "@总支"}),
    ("2006-02-01", "member.register", "甲", {
        "name": "王小明", "organisation": "@一", "joined": "2003-07", "phone": "13800000001",
        "category": "在职党员",
    }),
    ("2006-02-01", "member.register", "乙", {"name": "李秀英", "organisation": "@二", "joined": "1987"}),
    ("2006-02-01", "member.register", "丙", {"name": "张伟", "organisation": "@三", "stage": "预备党员"}),
    ("2006-02-01", "member.register", "丁", {"name": "欧阳春", "organisation": "@四"}),
    ("2007-01-01", "member.correct_details", "", {"member": "@乙", "phone": "13800000002"}),
    ("2007-02-01", "member.set_stage", "", {"member": "@丙", "stage": "正式党员"}),
    ("2007-03-01", "member.set_status", "", {"member": "@乙", "status": "停止党籍"}),
    ("2007-04-01", "member.set_category", "", {"member": "@丙", "category": "流动党员"}),
    ("2007-04-02", "member.set_category", "", {"member": "@乙", "category": "在册党员"}),
    ("2007-05-01", "member.join_group", "", {"member": "@甲", "organisation": "@组"}),
    ("2008-05-01", "member.leave_group", "", {"member": "@甲"}),
    ("2007-06-01", "member.attach", "", {"member": "@甲", "organisation": "@二"}),
    ("2008-06-01", "member.detach", "", {"member": "@甲"}),
    ("2007-07-01", "member.move", "", {"member": "@丁", "organisation": "@三"}),
    ("2008-01-01", "transfer.issue", "信一", {"member": "@丙", "to": "@二", "number": "第1号"}),
    ("2008-01-10", "transfer.receive", "", {"transfer": "@信一"}),
    ("2008-01-20", "transfer.return_slip", "", {"transfer": "@信一"}),
    ("2008-02-01", "transfer.issue", "信二", {"member": "@丁", "to": "@一"}),
    ("2008-02-10", "transfer.cancel", "", {"transfer": "@信二"}),
    ("2008-03-01", "transfer.issue", "信三", {"member": "@丁", "to": "@外", "valid_days": 30}),
    ("2008-04-05", "transfer.reissue", "信四", {"transfer": "@信三"}),
    ("2009-01-01", "team.form", "队", {"name": "红袖章", "organisation": "@一", "skill": "巡逻"}),
    ("2009-01-02", "team.join", "", {"team": "@队", "member": "@甲"}),
    ("2009-02-01", "service.log", "务", {"member": "@甲", "minutes": 90, "team": "@队", "what": "巡逻"}),
    ("2009-02-02", "service.approve", "", {"service": "@务"}),
    ("2009-03-01", "team.leave", "", {"team": "@队", "member": "@甲"}),
    ("2009-04-01", "team.disband", "", {"team": "@队"}),
    ("2009-05-01", "unit.register", "位", {"name": "铜陵供电局", "kind": "国有企业", "organisation": "@委"}),
    ("2009-05-02", "agreement.sign", "约", {"unit": "@位", "organisation": "@委", "name": "共建协议"}),
    ("2009-05-03", "committee.appoint", "", {"unit": "@位", "organisation": "@委", "name": "赵强"}),
    ("2009-05-04", "act.record", "", {"unit": "@位", "organisation": "@委", "minutes": 120, "count": 15}),
    ("2009-06-01", "committee.release", "", {"unit": "@位"}),
    ("2009-06-02", "agreement.end", "", {"agreement": "@约"}),
    ("2009-06-03", "unit.close", "", {"unit": "@位"}),
    ("2009-07-01", "place.register", "格", {"name": "第一网格", "kind": "网格"}),
    ("2009-07-01", "place.register", "楼", {"name": "三号楼", "kind": "楼栋", "parent": "@格"}),
    ("2009-07-02", "place.link", "", {"place": "@楼", "organisation": "@组"}),
    ("2009-08-02", "place.unlink", "", {"place": "@楼", "organisation": "@组"}),
    ("2009-08-03", "place.close", "", {"place": "@楼"}),
    ("2009-09-01", "liudai.lead.take", "", {"member": "@甲", "kind": "宣传政策", "minutes": 45}),
    ("2009-09-02", "liudai.one.do", "", {"member": "@丙", "item": "听一堂党课"}),
    ("2009-10-01", "liunuo.post.publish", "", {}),
    ("2009-10-02", "liunuo.post.list", "", {"name": "读书岗"}),
    ("2009-10-03", "liunuo.post.claim", "", {"post": "便民服务岗", "member": "@甲"}),
    ("2009-10-04", "liunuo.post.release", "", {"post": "便民服务岗", "member": "@甲"}),
    ("2009-10-05", "liunuo.post.drop", "", {"post": "读书岗"}),
    ("2009-10-06", "liunuo.pledge.apply", "诺", {
        "member": "@甲", "kind": "实事承诺", "what": "每周巡逻", "promised": "2009-12-01",
    }),
    ("2009-10-07", "liunuo.pledge.discuss", "", {"pledge": "@诺"}),
    ("2009-10-08", "liunuo.pledge.examine", "", {"pledge": "@诺", "examiner": "@委"}),
    ("2009-10-09", "liunuo.pledge.show", "", {"pledge": "@诺"}),
    ("2009-11-01", "liunuo.pledge.keep", "", {"pledge": "@诺"}),
    ("2009-11-02", "liunuo.pledge.assess", "", {"pledge": "@诺"}),
    ("2009-11-03", "liunuo.pledge.rate", "", {
        "pledge": "@诺", "period": "2009", "rater": "@委", "grade": "兑现",
    }),
    ("2009-11-04", "liunuo.pledge.apply", "诺二", {"member": "@甲", "kind": "实事承诺", "what": "植树"}),
    ("2009-11-05", "liunuo.pledge.withdraw", "", {"pledge": "@诺二"}),
    ("2009-11-06", "liunuo.item.do", "", {"member": "@甲", "item": "贡献一技"}),
    ("2005-12-26", "wujian.matter.accept", "件", {
        "number": "2005-001", "kind": "限时件", "days": 3, "organisation": "@委", "what": "路灯不亮",
        "contact": "13800000003",
    }),
    ("2005-12-27", "wujian.matter.handle", "", {"matter": "@件"}),
    ("2005-12-28", "wujian.matter.announce", "", {"matter": "@件"}),
    ("2005-12-29", "wujian.matter.follow", "", {"matter": "@件", "satisfied": "是"}),
    ("2009-11-10", "meeting.hold", "会", {
        "organisation": "@一", "kinds": "支部党员大会,党课", "attendance": ["李秀英=请假", "王小明"],
        "guests": ["钱工=环城一小"], "agenda": ["修缮活动室"], "reference": "一支〔2009〕3号",
    }),
    ("2009-11-10", "resolution.adopt", "决", {
        "meeting": "@会", "subject": "修缮活动室", "entitled": 2, "present": 1, "in_favour": 1,
        "outcome": "通过", "follow_up": "请人修缮", "due": "2009-12-31",
    }),
    ("2009-11-20", "resolution.settle", "", {"resolution": "@决", "done": "修好"}),
    ("2009-11-21", "body.found", "体", {
        "name": "第一支部委员会", "kind": "支部委员会", "organisation": "@一", "size": 3,
    }),
    ("2009-11-21", "seat.take", "席", {"body": "@体", "office": "宣传委员", "member": "@丙"}),
    ("2009-11-22", "election.request", "选", {"body": "@体", "places": ["委员=1"]}),
    ("2009-11-23", "election.consent", "", {"election": "@选"}),
    ("2009-11-24", "election.nominate", "", {"election": "@选", "candidates": ["李秀英"]}),
    ("2009-11-25", "election.ballot", "", {
        "election": "@选", "entitled": 2, "present": 2, "votes": ["李秀英=2"],
    }),
    ("2009-11-26", "election.report", "", {"election": "@选"}),
    ("2009-11-27", "election.approve", "", {"election": "@选"}),
    ("2009-11-28", "term.extend", "", {"body": "@体", "due": "2013-06-30"}),
    ("2009-11-28", "election.request", "选二", {"body": "@体", "kind": "补选", "places": ["委员=1"]}),
    ("2009-11-29", "election.abandon", "", {"election": "@选二"}),
    ("2009-11-30", "term.end", "", {"body": "@体"}),
    ("2009-11-30", "body.close", "", {"body": "@体"}),
    ("2009-11-30", "group.state", "", {"collection": "工作制度", "stated": 21}),
    ("2009-11-30", "regulation.adopt", "制", {"name": "联系会制度", "collection": "工作制度"}),
    ("2009-11-30", "regulation.amend", "", {"regulation": "@制", "version": 2}),
    ("2009-11-30", "regulation.repeal", "", {"regulation": "@制"}),
    ("2009-11-20", "disclosure.post", "示", {
        "name": "拟列", "organisation": "@一", "ends": "2009-11-27", "member": "@丙",
    }),
    ("2009-11-30", "disclosure.conclude", "", {"disclosure": "@示", "objections": 1}),
    ("2009-11-30", "honour.award", "荣", {"name": "先进", "level": "市级", "organisation": "@一"}),
    ("2009-11-30", "honour.change", "", {"honour": "@荣", "level": "省级"}),
    ("2009-11-30", "honour.withdraw", "", {"honour": "@荣"}),
    ("2009-11-30", "fact.state", "", {
        "organisation": "@一", "key": "面积", "value": "0.25", "unit": "平方公里",
    }),
    ("2009-12-01", "fact.drop", "", {"organisation": "@一", "key": "面积"}),
    ("2009-11-30", "facility.open", "阵", {"name": "活动室", "kind": "活动室", "area": "400.5"}),
    ("2009-11-30", "facility.change", "", {"facility": "@阵", "hours": "8:00-17:00"}),
    ("2009-11-30", "facility.give", "", {"facility": "@阵", "function": "阅览室"}),
    ("2009-11-30", "facility.equip", "", {"facility": "@阵", "item": "投影仪", "number": 2}),
    ("2009-11-30", "facility.log", "", {"facility": "@阵", "minutes": 180, "visitors": 40}),
    ("2009-12-01", "facility.take", "", {"facility": "@阵", "function": "阅览室"}),
    ("2009-12-01", "facility.strip", "", {"facility": "@阵", "item": "投影仪"}),
    ("2009-12-01", "facility.close", "", {"facility": "@阵"}),
    ("2009-11-30", "asset.get", "产", {"name": "会议桌", "kind": "家具", "organisation": "@一"}),
    ("2009-11-30", "asset.move", "", {"asset": "@产", "number": 2}),
    ("2009-12-01", "asset.scrap", "", {"asset": "@产"}),
    ("2009-12-01", "parameter.set", "", {"name": "补缴党费的期限", "value": 3, "source": "委员会决定"}),
    ("2009-12-02", "parameter.unset", "", {"name": "补缴党费的期限"}),
    ("2009-12-01", "unit.register", "司", {"name": "某公司", "kind": "两新组织"}),
    ("2009-12-01", "unit.count", "", {"unit": "@司", "members": 1}),
    ("2009-12-01", "unit.attach", "", {"unit": "@司", "organisation": "@一"}),
    ("2009-12-01", "instructor.send", "", {"unit": "@司", "member": "@甲"}),
    ("2009-12-02", "unit.change", "", {"unit": "@司", "name": "某某公司"}),
    ("2009-12-02", "unit.detach", "", {"unit": "@司"}),
    ("2009-12-02", "instructor.recall", "", {"unit": "@司"}),
    ("2009-12-01", "agreement.sign", "协", {"unit": "@司", "name": "共建", "ends": "2010-12-31"}),
    ("2009-12-01", "commitment.make", "诺", {"agreement": "@协", "name": "开放场地"}),
    ("2009-12-02", "commitment.change", "", {"commitment": "@诺", "kind": "文化共建"}),
    ("2009-12-03", "commitment.drop", "", {"commitment": "@诺"}),
    ("2009-12-02", "agreement.renew", "", {"agreement": "@协", "ends": "2011-12-31"}),
    ("2009-12-01", "pairing.form", "对", {
        "name": "结对", "kind": "企业结对", "organisation": "@一", "unit": "@司",
    }),
    ("2009-12-02", "pairing.change", "", {"pairing": "@对", "kind": "其他"}),
    ("2009-12-03", "pairing.end", "", {"pairing": "@对"}),
    ("2009-12-01", "resource.offer", "源", {"name": "会议室", "kind": "场地", "unit": "@司"}),
    ("2009-12-01", "resource.use", "", {"resource": "@源", "people": 20}),
    ("2009-12-02", "resource.change", "", {"resource": "@源", "kind": "设施"}),
    ("2009-12-03", "resource.withdraw", "", {"resource": "@源"}),
    ("2009-12-01", "donation.receive", "", {"unit": "@司", "what": "善款", "amount": 100}),
    ("2009-12-04", "transfer.direct", "", {
        "member": "@甲", "to": "@二", "occupied": True, "settled": True,
    }),
    ("2009-12-04", "transfer.issue", "拒", {"member": "@甲", "to": "@二", "why": "搬迁"}),
    ("2009-12-05", "transfer.print", "", {"transfer": "@拒"}),
    ("2009-12-06", "transfer.refuse", "", {"transfer": "@拒", "refusal": "未报到"}),
    ("2009-12-07", "transfer.issue", "超", {"member": "@甲", "to": "@二", "valid_days": 1}),
    ("2009-12-09", "transfer.lapse", "", {"transfer": "@超"}),
    ("2009-12-10", "organisation.begin_move", "", {"organisation": "@二"}),
    ("2009-12-11", "organisation.end_move", "", {"organisation": "@二"}),
    ("2009-12-04", "paper.issue", "证", {
        "number": "证1", "kind": "党员证明信", "member": "@甲", "organisation": "@一",
        "valid_until": "2010-01-31",
    }),
    ("2009-12-05", "paper.change", "", {"paper": "@证", "purpose": "学习培训"}),
    ("2009-12-06", "paper.return", "", {"paper": "@证"}),
    ("2009-12-12", "store.declare_clock", "", {"first": 3, "last": 3}),
    ("2009-12-01", "organisation.sort", "", {"organisation": "@一", "scheme": "组成", "category": "居民"}),
    ("2009-12-02", "organisation.unsort", "", {"organisation": "@一", "scheme": "组成"}),
    ("2009-12-01", "service_item.offer", "项", {"name": "代办", "organisation": "@一"}),
    ("2009-12-01", "service_item.give", "", {"service_item": "@项", "times": 12}),
    ("2009-12-01", "service_item.change", "", {"service_item": "@项", "fee": "低偿"}),
    ("2009-12-02", "service_item.withdraw", "", {"service_item": "@项"}),
    ("2009-12-02", "organisation.found", "改", {"name": "改建支部", "kind": "支部", "parent": "@委"}),
    ("2009-12-03", "organisation.convert", "", {"organisation": "@改", "kind": "总支"}),
    ("2009-11-30", "account.open", "账", {"name": "大米", "measure": "袋"}),
    ("2009-11-30", "account.change", "", {"account": "@账", "book": "爱心超市"}),
    ("2009-11-30", "account.receive", "", {"account": "@账", "kind": "捐赠", "amount": 2}),
    ("2009-12-01", "account.spend", "", {"account": "@账", "kind": "发放", "amount": "1.5"}),
    ("2009-12-02", "account.close", "", {"account": "@账"}),
    ("2009-11-01", "dues.fix", "", {"member": "@丙", "base": "在职工薪", "income": "3217"}),
    ("2009-11-01", "dues.reduce", "", {
        "member": "@丙", "monthly": "10", "through": "2009-12", "approved": "@委",
    }),
    ("2009-11-01", "dues.charge", "", {
        "organisation": "@一", "month": "2009-11", "charges": ["李秀英=10"],
    }),
    ("2009-11-15", "dues.collect", "", {
        "organisation": "@一", "month": "2009-11", "payments": ["李秀英=10"],
    }),
    ("2009-11-20", "dues.recharge", "", {"member": "李秀英", "start": "2009-11", "monthly": "12"}),
    ("2009-11-20", "dues.contribute", "", {"member": "@丙", "amount": "1000"}),
    ("2009-11-30", "dues.remit", "", {
        "organisation": "@一", "to": "@委", "first": "2009-11", "last": "2009-11", "amount": 10,
    }),
    ("2009-11-30", "dues.publish", "", {"organisation": "@一", "year": 2009, "amounts": True}),
    ("2009-12-01", "dues.stop", "", {"member": "@丙"}),
    ("2009-12-01", "statistics.pin", "", {
        "report": "T1", "year": 2008, "edition": "2016", "position": 9,
        "cells": [{"row": "16", "value": 3}],
    }),
    ("2009-11-10", "campaign.open", "创", {"name": "创卫我先行", "organisation": "@一"}),
    ("2009-11-11", "campaign.change", "", {"campaign": "@创", "theme": "卫生"}),
    ("2009-11-11", "campaign.assign", "", {"campaign": "@创", "role": "宣传员", "member": "@丙"}),
    ("2009-11-11", "campaign.aim", "", {
        "campaign": "@创", "goal": "发放资料", "target": 500, "measure": "份",
    }),
    ("2009-11-11", "task.plan", "任", {"campaign": "@创", "name": "清理杂物", "due": "2009-11-30"}),
    ("2009-11-12", "activity.hold", "", {
        "name": "院坝会", "kind": "环境整治", "organisation": "@一", "campaign": "@创",
        "people": ["李秀英=2小时,宣传"], "counts": ["发放资料=300,份"], "participants": 46,
    }),
    ("2009-11-20", "task.complete", "", {"task": "@任"}),
    ("2009-11-21", "campaign.relieve", "", {"campaign": "@创", "role": "宣传员", "member": "@丙"}),
    ("2009-11-21", "campaign.unaim", "", {"campaign": "@创", "goal": "发放资料"}),
    ("2009-11-22", "campaign.close", "", {"campaign": "@创"}),
    ("2009-12-01", "wujian.matter.accept", "件二", {
        "number": "2009-001", "kind": "建议件", "organisation": "@委", "what": "增设长椅",
    }),
    ("2009-12-02", "wujian.matter.withdraw", "", {"matter": "@件二"}),
    ("2009-12-03", "sanguan.mobile.register", "", {"member": "@丙", "way": "流出", "place": "上海"}),
    ("2009-12-04", "sanguan.pair.form", "", {"member": "@丙", "partner": "@甲"}),
    ("2009-12-05", "sanguan.certificate.issue", "", {"member": "@丙", "number": "流证001"}),
    ("2009-12-06", "sanguan.contact.make", "", {"member": "@丙", "kind": "通报情况"}),
    ("2009-12-07", "sanguan.survey.do", "", {"organisation": "@委", "found": 1, "unassigned": 0}),
    ("2009-12-08", "sanguan.pair.dissolve", "", {"member": "@丙"}),
    ("2009-12-08", "sanguan.mobile.settle", "", {"member": "@丙"}),
    ("2009-12-09", "development.plan", "", {"organisation": "@委", "year": 2009, "quota": 3}),
    ("2009-12-10", "development.apply", "档", {"name": "周明", "organisation": "@一", "special": "直接接收"}),
    ("2009-12-11", "development.stop", "", {"development": "@档"}),
    ("2009-12-12", "development.resume", "", {"development": "@档"}),
    ("2009-12-13", "development.move", "", {"development": "@档", "organisation": "@二"}),
    ("2009-12-14", "development.record", "", {"development": "@档", "step": "上级党委审批接收"}),
    ("2009-12-15", "development.put_off", "", {"development": "@档", "through": "2011-01-31"}),
    ("2010-01-01", "organisation.merge", "", {"organisation": "@三", "to": "@一"}),
    ("2010-02-01", "organisation.dissolve", "", {"organisation": "@四"}),
    ("2010-02-02", "organisation.name_successor", "", {"organisation": "@四", "successor": "@一"}),
    ("2010-03-01", "member.leave", "", {"member": "@乙", "how": "死亡"}),
    ("2010-04-01", "member.leave", "", {"member": "@丁", "how": "劝退"}),
    ("2010-11-01", "member.restore", "", {"member": "@丁", "organisation": "@一"}),
    ("2010-11-02", "person.enter", "人", {"name": "钱春", "capacity": "社区工作者"}),
    ("2010-11-02", "person.describe", "", {
        "member": "@人", "sex": "女", "born": "1980-05", "education": "大学本科", "occupation": "其他",
    }),
    ("2010-11-03", "person.close", "", {"member": "@人"}),
    ("2010-11-04", "member.discipline", "", {"member": "@丁", "kind": "留党察看", "through": "2011-11-03"}),
    ("2010-12-04", "member.lift_discipline", "", {"member": "@丁", "kind": "留党察看"}),
)  # fmt: skip

ERASED = "甲"
TEXTS = ("王小明", "王晓明", "13800000001")
"""Who is erased, and what is said of nobody else."""

DAYS = ("2006-12-31", "2008-02-05", "2009-02-15", "2010-12-31")


def make(target: Path) -> dict[str, Any]:
    """Records the store in a temporary directory and copies what is kept to ``target``."""
    ambient = SeededAmbient(2012, dt.datetime(2012, 1, 1, 1, tzinfo=dt.UTC))
    with tempfile.TemporaryDirectory(prefix="taizhang-golden-") as folder:
        store = Path(folder, "store")
        with Workspace.init(store, name="金样本", today=TODAY, ambient=ambient, actor="李静") as ws:
            made = record(ws, ambient)
            ws.sealing.seal()
            older = Path(folder, OLDER_KEYS)
            shutil.copyfile(ws.paths.keys, older)
            before = said(ws)
            erase(ws, "member", made[ERASED], "本人要求")
            ws.sealing.seal()
            expected = said(ws)
            expected["erased"] = {"member": made[ERASED], "texts": TEXTS, "before": before}
        keep = shutil.ignore_patterns(*LEFT)
        shutil.copytree(store, target, ignore=keep)
        shutil.copyfile(older, target / OLDER_KEYS)
    text = json.dumps(expected, ensure_ascii=False, indent=1, sort_keys=True)
    (target / "expected.json").write_text(text + "\n", "utf-8")
    return expected


def record(ws: Workspace, ambient: SeededAmbient) -> dict[str, str]:
    """Every step, then amendments; the ids of what was made under a name."""
    made: dict[str, str] = {}
    first: dict[str, int] = {}
    for day, action, name, fields in STEPS:
        ambient.advance(3_600)
        resolved = {
            k: made[v[1:]] if isinstance(v, str) and v.startswith("@") else v
            for k, v in fields.items()
        }
        receipt = ws.record(action, resolved, on=day, reason="补登", document="井党〔2012〕1号")
        first.setdefault(action, receipt.seq[0])
        if name:
            entity = action.split(".")[0]
            made[name] = str(receipt.ids.get(entity) or next(iter(receipt.ids.values())))
    ws.sealing.seal()
    ambient.advance(86_400)
    ws.correct(first["service.log"], {"minutes": 100}, reason="记错时长")
    ws.correct(first["member.register"], {"name": "王晓明"}, reason="写错名字")
    ws.correct(first["organisation.rename"], {}, on="2006-03-01", reason="写错日期")
    void = ws.void(first["member.move"], reason="没有调动", cascade=True).seq[0]
    ws.void(void, reason="其实调动过", cascade=True)
    ws.void(first["act.record"], reason="重复")
    fields = {"member": made["甲"], "kind": "参与服务", "minutes": 30}
    ws.record("liudai.lead.take", fields, on="2008-08-08", reason="迟报")
    return made


def said(ws: Workspace) -> dict[str, Any]:
    """What the tables say at several clocks: rows, minutes, names."""
    head = ws.log.head()
    clocks = [(day, known) for day in DAYS for known in (None, head // 2, head - 3)]
    return {
        "version": __version__,
        "events": head,
        "types": ws.log.counts(),
        "keys": [key.encode() for key in ws.sealing.seals.verifiers()],
        "clocks": [{"on": day, "known": known, **totals(ws, day, known)} for day, known in clocks],
        "findings": sorted(f"{f.code} #{f.src}" for f in ws.findings()),
    }


def totals(ws: Workspace, day: str, known: int | None) -> dict[str, Any]:
    """What the tables say at one pair of clocks."""
    ledger = ws.at(day, known)
    rows = {name: ledger.rows(name) for name in sorted(ws.registry.tables)}
    return {
        "rows": {name: len(listed) for name, listed in rows.items()},
        "minutes": {
            name: sum(row["minutes"] or 0 for row in rows[name])
            for name in ("acts", "services", "liudai_leads")
        },
        "names": {
            name: sorted(str(row["name"]) for row in rows[name])
            for name in ("organisations", "members", "teams", "units")
        },
        "branches": sorted(f"{r['member']} {r['organisation']}" for r in rows["memberships"]),
    }


if __name__ == "__main__":
    place = Path(sys.argv[1])
    if place.exists():
        sys.exit(f"{place} is there already; a golden store is never written over")
    print(make(place)["events"], "events in", place)
