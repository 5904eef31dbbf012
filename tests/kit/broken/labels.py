"""Has a choice without English."""

from taizhang.api import Choice, Deed, Member, Programme, field

programme = Programme("labels", "试验|Trial", api=1, needs=("members",))


@programme.deed("post.take", "认领岗位|Take a post", event="post_taken")
class TakePost(Deed):
    """A post."""

    member: Member = field("党员|Member")
    post: Choice = field("岗位|Post", choices=("文明劝导岗|Courtesy", "民事调解岗"))
