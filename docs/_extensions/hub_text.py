"""Pages of the hub, as MyST text."""

from __future__ import annotations

from reference_text import table


def plans() -> str:
    """Table of the plans: the limits that this version of the hub enforces."""
    from joulebook_hub.plans import LIMITS, Plans

    tiers = Plans.read().tiers
    rows = [
        (limit.title, *(str(plan.limits[key]) for plan in tiers)) for key, limit in LIMITS.items() if limit.enforced
    ]
    return table(("", *(plan.title for plan in tiers)), rows)


PAGES = {"plans": plans}
