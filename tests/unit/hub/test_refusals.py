"""Why there is no card, for a person: what is used up, how much, what to do."""

from __future__ import annotations

import pytest

from joulebook_hub.lending.records import Refused
from joulebook_hub.lending.routes import refusal
from joulebook_hub.quota.decisions import Offer


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("no_such_card", "of the kind that the kernel asks for"),
        ("no_cards", "no GPU to lend"),
        ("no_gpu_time", "Your plan has no GPU-hours. Ask an administrator"),
        ("used_up", "This month's 10 GPU-hours are used up. Ask an administrator"),
        ("set_aside", "set aside for your running GPU kernels"),
    ],
)
def test_a_refusal_says_what_and_what_to_do(reason, words):
    assert words in refusal(Refused(reason, 36_000.0, 0.0))


def test_where_the_hub_bills_the_way_out_is_the_page_of_plans():
    told = refusal(Refused("used_up", 36_000.0, 0.0), Offer("/hub/billing"))
    assert "Choose a larger plan (/hub/billing), or choose the kernel" in told and "New hours come" in told
