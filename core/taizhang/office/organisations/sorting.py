"""Categories of organisations (组织分类): what a special group is special in, and after whom a branch is made up (D4.09, D1.04)."""

from __future__ import annotations

from taizhang.api import Organisation, Selection, categories
from taizhang.office.organisations.facts import programme

SCHEMES = {
    "特色|Speciality": (
        "文艺|Arts",
        "科技|Science",
        "法律|Law",
        "医疗|Medicine",
        "环保|Environment",
        "教育|Education",
        "维修|Repairs",
        "其他特色|Other speciality",
    ),
    "组成|Made up of": (
        "居民|Residents",
        "机关事业|Offices and institutions",
        "非公企业|Private enterprises",
        "社会组织|Social organisations",
        "其他组成|Other",
    ),
}

sorted_ = categories(programme, "organisation", "组织|Organisation", Organisation, SCHEMES)

programme.figure(
    "organisation.categories",
    "组织分类|Categories of organisations",
    select=Selection("organisation_categories", "organisation"),
    by="category",
    unit="个|organisations",
    source="D4.09",
)
