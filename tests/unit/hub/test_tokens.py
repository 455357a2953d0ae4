"""Tokens at the service: unknown ones, revoked ones, those of a plan that has none, and where a request comes from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

import hub_doubles
from joulebook_hub import revocations
from joulebook_hub.errors import HubError
from joulebook_hub.handlers.tokens import made_by_a_person
from joulebook_hub.quota.overrides import add_override
from joulebook_hub.service.addresses import Proxies
from joulebook_hub.service.tokens import MOST_UNKNOWN, REFUSED
from joulebook_hub.store import Store

FAR, NEAR = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "198.51.100.7"}


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def service(store_url):
    with hub_doubles.running_service(Store(store_url)) as running:
        running.clock = Clock()
        running.service.door._tokens._clock = running.clock
        running.service.door._tokens._wrong_ones._clock = running.clock
        yield running


def ask(service, token, headers=None):
    return service.ask("GET", "quota", token, headers=headers or {})


def reasons(service, token, headers=None):
    answer = ask(service, token, headers)
    return answer.status_code, answer.json().get("reason")


def test_the_hub_is_asked_once_about_a_token(service):
    for _ in range(3):
        assert ask(service, "of-ada").status_code == 200
    for _ in range(3):
        assert reasons(service, "wrong") == (403, "unknown_token")
    assert service.asked == ["of-ada", "wrong"]
    service.clock.now += REFUSED
    assert reasons(service, "wrong") == (403, "unknown_token") and service.asked.count("wrong") == 2


def test_many_unknown_tokens_of_one_address(service):
    """They stop costing the hub anything, and shut out nobody but new tokens of that address."""
    assert ask(service, "of-ada", FAR).status_code == 200
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda i: reasons(service, f"guess-{i}", FAR), range(3 * MOST_UNKNOWN)))
    assert found.count((403, "unknown_token")) == MOST_UNKNOWN
    assert found.count((429, "too_many_unknown_tokens")) == 2 * MOST_UNKNOWN
    assert sum(token.startswith("guess") for token in service.asked) == MOST_UNKNOWN
    assert reasons(service, "of-bob", FAR)[0] == 429, "a token never seen, from the same address"
    assert ask(service, "of-bob", NEAR).status_code == 200, "the same token from elsewhere"
    assert ask(service, "of-ada", FAR).status_code == 200, "who is at work already"
    service.clock.now += 61.0
    for _ in range(MOST_UNKNOWN):
        reasons(service, f"later-{_}", FAR)
    service.clock.now += 30.0
    assert ask(service, "of-ada", FAR).status_code == 200, "also when the hub is asked about that one again"


def test_good_tokens_do_not_count(service):
    for number in range(2 * MOST_UNKNOWN):
        service.known[f"of-{number}"] = hub_doubles.person(f"u{number}", hub_doubles.ACCESS)
        assert ask(service, f"of-{number}", FAR).status_code == 200


def test_where_a_request_comes_from():
    proxies = Proxies.from_environment({"JOULEBOOK_PROXY_ADDRESSES": "10.0.0.0/8, 2001:db8::1"})
    for peer, forwarded, origin in (
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.7, 10.1.1.1", "198.51.100.7"),
        ("198.51.100.7", "1.2.3.4", "198.51.100.7"),
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("2001:db8::1", "2001:db8::2", "2001:db8::2"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", ", ".join(["10.0.0.1"] * 5000), "10.0.0.1"),
        ("", "1.2.3.4", ""),
    ):
        assert proxies.origin(peer, forwarded) == origin, (peer, forwarded[:60])
    with pytest.raises(HubError, match="no address and no network"):
        Proxies.from_environment({"JOULEBOOK_PROXY_ADDRESSES": "10.0.0.1/8"})


def test_a_revoked_token_ends_at_the_next_request(service):
    assert ask(service, "of-ada").status_code == ask(service, "of-bob").status_code == 200
    del service.known["of-ada"]
    assert ask(service, "of-ada").status_code == 200, "nobody has said so: it is remembered"
    revocations.note_changes(service.service.parts.store, ["ada"])
    assert reasons(service, "of-ada") == (403, "unknown_token")
    assert ask(service, "of-bob").status_code == 200 and service.asked.count("of-bob") == 1, (
        "others are not asked again"
    )


def test_an_answer_that_a_revocation_overtakes_is_not_kept(service):
    """The hub says yes, and revokes before the answer arrives: the number was noted before the question."""
    store, hub = service.service.parts.store, service.service.door._tokens
    answer = hub._answer

    async def slow(token):
        found = await answer(token)
        service.known.pop(token)
        await service.service.decided(revocations.note_changes, store, ["ada"])
        return found

    hub._answer = slow
    assert ask(service, "of-ada").status_code in {200, 403}
    hub._answer = answer
    assert reasons(service, "of-ada") == (403, "unknown_token")


def test_new_groups_count_at_once(service):
    assert ask(service, "of-ada").json()["plan"] == "academic"
    service.known["of-ada"]["groups"] = ["plan-advanced"]
    revocations.note_changes(service.service.parts.store, ["ada", "eve"])
    assert ask(service, "of-ada").json()["plan"] == "advanced"


def test_a_token_that_a_person_made_ends_with_the_plan(service):
    store = service.service.parts.store

    def let(value):
        with store.begin() as transaction:
            given = {"row": "api_tokens", "value": value, "until": None, "reason": "test", "actor": "root"}
            add_override(transaction, service.service.parts.plans, kind="person", subject="ada", **given)

    for token in ("own-ada", "own-root"):
        service.known[token] = service.known["of-ada" if token == "own-ada" else "of-root"]
    answer = ask(service, "own-ada")
    assert answer.status_code == 402 and "API tokens are not part of what you have" in answer.json()["message"]
    let(True)
    assert ask(service, "own-ada").status_code == 200
    let(None)
    assert reasons(service, "own-ada") == (402, "quota_api_tokens"), "at the next request, without asking the hub again"
    assert service.asked.count("own-ada") == 1
    assert ask(service, "of-ada").status_code == 200, "a server's token is not the person's"
    assert reasons(service, "own-root")[0] == 402, "of administrators likewise"


def test_a_hub_started_again_knows_the_tokens_of_running_servers():
    """It has forgotten them, and has the digests of their OAuth clients."""
    from jupyterhub import orm
    from jupyterhub.utils import hash_token

    db = orm.new_session_factory("sqlite:///:memory:")()
    ada, secret = orm.User(name="ada"), hash_token("of-the-server")
    client = orm.OAuthClient(identifier="jupyterhub-user-ada", secret=secret)
    db.add_all(
        [ada, client, orm.OAuthClient(identifier="jupyterhub"), orm.Spawner(user=ada, name="", oauth_client=client)]
    )
    db.commit()
    for token in ("of-the-server", "of-ada-herself"):
        orm.APIToken.new(token, user=ada, scopes=[])
    users, settings = {ada: SimpleNamespace(spawners={})}, {}

    def own(token, *running):
        users[ada].spawners = {name: SimpleNamespace(api_token=name) for name in running}
        found = orm.APIToken.find(db, token)
        handler = SimpleNamespace(
            _token_authenticated=True,
            get_token=lambda: found,
            get_auth_token=lambda: token,
            users=users,
            settings=settings,
        )
        return made_by_a_person(handler)

    for _ in range(2):
        assert not own("of-the-server") and own("of-ada-herself")
    assert not own("of-the-server", "of-the-server", "another") and own("of-ada-herself", "of-the-server")
    assert len(settings["joulebook_tokens"]) == 2, "a digest is computed once"
    db.close()
    db.get_bind().dispose()


def test_the_hubs_own_refusal_is_handed_on(service):
    import io

    from tornado.httpclient import HTTPRequest, HTTPResponse
    from tornado.httputil import HTTPHeaders

    async def refused(token):
        body = io.BytesIO(b'{"status": 402, "message": "Not part of the plan."}')
        return HTTPResponse(HTTPRequest("http://hub/"), 402, HTTPHeaders(), body)

    service.service.door._tokens._answer = refused
    answer = ask(service, "of-ada")
    assert (answer.status_code, answer.json()["message"]) == (402, "Not part of the plan.")
