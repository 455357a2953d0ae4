"""Password rules, hashes, one-time passwords, and that an unknown name costs the same time as a known one."""

from __future__ import annotations

import time

import pytest

from joulebook_hub import passwords


@pytest.fixture(scope="module")
def hashes():
    return passwords.PasswordHashes(memory=1024, passes=1)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 10"),
        ("x" * 300, "at most 256"),
        ("ada.lovelace1", "contain it"),
        ("aaaabbbbaaaa", "different"),
        ("Password123", "password"),
        ("qwertyuiop12", "qwertyuiop"),
    ],
)
def test_bad_passwords_are_told_why(password, words):
    found = passwords.faults(password, "ada.lovelace")
    assert any(words in sentence for sentence in found), found


@pytest.mark.parametrize("password", ["coil gun marmalade", "Zn-air? 3.1415!", "ärgerliches Pferd", "ω = 2πf, always"])
def test_good_passwords_pass(password):
    assert passwords.faults(password, "ada") == []


def test_one_time_passwords_differ_and_pass_the_rules():
    made = {passwords.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert not any(passwords.faults(password, "admin") for password in made)


def test_hashes(hashes):
    encoded = hashes.make("coil gun marmalade")
    assert encoded.startswith("$argon2id$") and "marmalade" not in encoded
    assert hashes.make("coil gun marmalade") != encoded, "each has a salt of its own"
    assert hashes.matches(encoded, "coil gun marmalade")
    assert not hashes.matches(encoded, "coil gun marmalade ")
    assert not hashes.matches(None, "coil gun marmalade")
    assert not hashes.matches("not a hash", "coil gun marmalade")
    assert passwords.PasswordHashes(memory=2048, passes=1).is_outdated(encoded)
    assert not hashes.is_outdated(encoded)


def test_default_hash_has_the_parameters_of_rfc_9106():
    assert "m=65536,t=3,p=4" in passwords.PasswordHashes().make("coil gun marmalade")


def test_unknown_names_cost_as_much_as_wrong_passwords():
    """CPU time of both ways, taken in turn: the ratio of the medians is near 1, not near 0."""
    hashes = passwords.PasswordHashes(memory=8192, passes=2)
    encoded = hashes.make("coil gun marmalade")
    known, unknown = [], []
    for _ in range(15):
        for target, times in ((encoded, known), (None, unknown)):
            begin = time.process_time()
            assert not hashes.matches(target, "wrong password")
            times.append(time.process_time() - begin)
    ratio = sorted(unknown)[7] / sorted(known)[7]
    assert 0.5 < ratio < 2.0
