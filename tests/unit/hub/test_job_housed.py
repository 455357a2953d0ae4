"""Sizes of memory as an operator types them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joulebook_hub.errors import HubError
from joulebook_hub.jobs.housed import is_meant, memory_of


def test_sizes():
    assert [memory_of(text) for text in ("4G", "512M", "1.5K", "1048576")] == [4 << 30, 512 << 20, 1536, 1 << 20]


@pytest.mark.parametrize("text", ["", "0", "0G", "-1G", "4 G", "4GB", "inf", "nan", "1e9", "9" * 21, "4096T" * 2, "²G"])
def test_what_is_no_size_is_named_with_the_way_out(text):
    with pytest.raises(HubError, match="such as 4G"):
        memory_of(text)


@given(st.text(max_size=30))
def test_anything_typed_is_a_size_or_an_error_that_says_so(text):
    try:
        assert 1 <= memory_of(text) < 1 << 60
    except HubError as error:
        assert repr(text) in str(error)


def test_which_attempts_are_ended():
    names = [("a", 1), ("a", 2), ("a", 3), ("b", 1)]
    assert [name for name in names if is_meant(name, "a", 2, 3)] == [("a", 1), ("a", 3)]
