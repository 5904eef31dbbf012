"""Keeps the ethnicity of a member, though under an English name."""

from taizhang.api import Deed, Member, Name, Programme, field

programme = Programme("forbidden", "试验|Trial", api=1, needs=("members",))


@programme.deed("card.fill", "填卡片|Fill in a card", event="card_filled")
class FillCard(Deed):
    """A card."""

    member: Member = field("党员|Member")
    ethnic_group: Name = field("类属|Kind")
