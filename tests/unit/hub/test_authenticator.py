"""The steps of a sign-in, without a web server."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pyotp
import pytest

from joulebook_hub.accounts import ACTIVE, SUSPENDED, WAITING, Account
from joulebook_hub.authenticator import WRONG, JoulebookAuthenticator
from joulebook_hub.errors import HubError
from joulebook_hub.passwords import PasswordHashes
from joulebook_hub.steps import Proof, Step

HERE = "127.0.0.1"
PASSWORD = "coil gun marmalade"
REQUEST = SimpleNamespace(request=SimpleNamespace(remote_ip=HERE))
pytestmark = pytest.mark.asyncio


@pytest.fixture
def make(tmp_path):
    made = []

    def make(**config: object) -> JoulebookAuthenticator:
        url = f"sqlite:///{tmp_path / 'accounts.sqlite'}"
        authenticator = JoulebookAuthenticator(accounts_url=url, **config)
        authenticator.hashes = PasswordHashes(memory=1024, passes=1)
        made.append(authenticator)
        return authenticator

    yield make
    for authenticator in made:
        authenticator._workers.shutdown()
        authenticator.store.close()


def add(authenticator, name="ada", **values):
    values = {"state": ACTIVE, **values}
    authenticator.store.add(Account(name=name, password_hash=authenticator.hashes.make(PASSWORD), **values), actor=name)


async def test_right_and_wrong(make):
    authenticator = make()
    add(authenticator)
    assert (await authenticator.check_password("Ada", PASSWORD, HERE)).step is Step.DONE
    for name, password in (("ada", "wrong"), ("nobody", PASSWORD), ("", ""), ("x" * 1000, "y" * 10_000)):
        outcome = await authenticator.check_password(name, password, HERE)
        assert (outcome.step, outcome.message, outcome.account) == (Step.REFUSED, WRONG, None)


@pytest.mark.parametrize(("state", "words"), [(WAITING, "approval"), (SUSPENDED, "suspended")])
async def test_states_are_told_to_who_knows_the_password(make, state, words):
    authenticator = make()
    add(authenticator, state=state)
    assert words in (await authenticator.check_password("ada", PASSWORD, HERE)).message
    assert (await authenticator.check_password("ada", "wrong", HERE)).message == WRONG
    assert await authenticator.authenticate(REQUEST, {"proof": Proof("ada")}) is None
    assert not authenticator.check_allowed("ada")
    assert not await authenticator.refresh_user(SimpleNamespace(name="ada"))


async def test_the_right_password_waits_too(make):
    authenticator = make(free_failures=2)
    add(authenticator)
    for _ in range(2):
        await authenticator.check_password("ada", "wrong", HERE)
    outcome = await authenticator.check_password("ada", PASSWORD, HERE)
    assert outcome.step is Step.REFUSED and "Try again in 30 s" in outcome.message


async def test_addresses_are_limited(make):
    authenticator = make(attempts_per_minute=3)
    answers = [await authenticator.check_password(f"user{i}", "x", HERE) for i in range(4)]
    assert answers[2].message == WRONG and "your address" in answers[3].message
    assert (await authenticator.check_password("user9", "x", "198.51.100.7")).message == WRONG


async def test_steps_of_a_second_factor(make):
    authenticator = make()
    secret = pyotp.random_base32()
    add(authenticator, totp_secret=secret, password_expired=True)
    outcome = await authenticator.check_password("ada", PASSWORD, HERE)
    assert outcome.step is Step.CODE
    assert authenticator.check_code(outcome.account, "12345", HERE).step is Step.REFUSED
    code = pyotp.TOTP(secret).at(time.time())
    assert authenticator.check_code(outcome.account, code, HERE).step is Step.NEW_PASSWORD
    assert authenticator.check_code(outcome.account, code, HERE).step is Step.REFUSED, "each code once"


async def test_forms_cannot_forge_a_proof(make):
    authenticator = make()
    add(authenticator)
    for forged in ({"proof": "ada"}, {"proof": "Proof(name='ada')", "username": "ada", "password": "x"}, {}):
        assert await authenticator.authenticate(REQUEST, forged) is None
    model = await authenticator.authenticate(REQUEST, {"username": "ada", "password": PASSWORD})
    assert model == {"name": "ada", "admin": None}


async def test_expired_password_is_no_full_sign_in(make):
    authenticator = make()
    add(authenticator, password_expired=True)
    assert await authenticator.authenticate(REQUEST, {"username": "ada", "password": PASSWORD}) is None


async def test_weaker_hashes_are_renewed(make):
    authenticator = make()
    add(authenticator)
    before = authenticator.store.find("ada").password_hash
    authenticator.hashes = PasswordHashes(memory=2048, passes=1)
    await authenticator.check_password("ada", PASSWORD, HERE)
    after = authenticator.store.find("ada").password_hash
    assert before != after and "m=2048" in after
    assert (await authenticator.check_password("ada", PASSWORD, HERE)).step is Step.DONE


@pytest.mark.parametrize(("policy", "state"), [("approval", WAITING), ("open", ACTIVE)])
async def test_sign_up(make, policy, state):
    authenticator = make(sign_up=policy, sign_ups_per_hour=2)
    made = await authenticator.make_account("Grace", PASSWORD, " hello " * 100, HERE, taken=False)
    assert (made.name, made.state, made.admin) == ("grace", state, False)
    assert len(made.introduction) <= 300
    with pytest.raises(HubError, match="taken"):
        await authenticator.make_account("tesla", PASSWORD, "", HERE, taken=True)
    with pytest.raises(HubError, match="Too many sign-ups"):
        await authenticator.make_account("edison", PASSWORD, "", HERE, taken=False)


async def test_closed_sign_up(make):
    with pytest.raises(HubError) as refused:
        await make(sign_up="closed").make_account("grace", PASSWORD, "", HERE, taken=False)
    assert refused.value.reason == "sign_up_closed"


async def test_deleting_a_user_deletes_the_account(make):
    authenticator = make()
    add(authenticator)
    authenticator.delete_user(SimpleNamespace(name="ada"))
    assert authenticator.store.find("ada") is None
