"""The kinds of reference of the office's entities, and the mechanisms that need one of them.

Programmes refer to members and organisations, and may not import the office: so the door has their types,
and this is the one place below the office that lists them, as data. Nothing below the door uses it.
"""

from functools import partial
from typing import Annotated

from taizhang.declarations.kinds import RefKind
from taizhang.mechanisms import posts as _posts
from taizhang.mechanisms import ratings as _ratings

Organisation = Annotated[str, RefKind("organisation")]
Member = Annotated[str, RefKind("member", person=True)]
Person = Annotated[str, RefKind("member", person=True, wide=True)]
"""A member, or somebody in the table ``people`` who is none."""

Transfer = Annotated[str, RefKind("transfer")]
Team = Annotated[str, RefKind("team")]
Service = Annotated[str, RefKind("service")]
Unit = Annotated[str, RefKind("unit")]
Agreement = Annotated[str, RefKind("agreement")]
Commitment = Annotated[str, RefKind("commitment")]
Resource = Annotated[str, RefKind("resource")]
Place = Annotated[str, RefKind("place")]
Body = Annotated[str, RefKind("body")]
Seat = Annotated[str, RefKind("seat")]
Campaign = Annotated[str, RefKind("campaign")]
Facility = Annotated[str, RefKind("facility")]
Disclosure = Annotated[str, RefKind("disclosure")]
ServiceItem = Annotated[str, RefKind("service_item")]
Election = Annotated[str, RefKind("election")]

posts = partial(_posts.posts, holder=Member, called="党员|Member")
"""Declares a catalogue of posts, held by members: see :func:`taizhang.mechanisms.posts.posts`."""

ratings = partial(_ratings.ratings, rater=Organisation)
"""Declares ratings by organisations: see :func:`taizhang.mechanisms.ratings.ratings`."""

__all__ = [
    "Agreement",
    "Body",
    "Campaign",
    "Commitment",
    "Disclosure",
    "Election",
    "Facility",
    "Member",
    "Organisation",
    "Person",
    "Place",
    "Resource",
    "Seat",
    "Service",
    "ServiceItem",
    "Team",
    "Transfer",
    "Unit",
    "posts",
    "ratings",
]
