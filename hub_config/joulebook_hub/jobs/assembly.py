"""Putting a worker together from the hub's variables."""

from __future__ import annotations

from collections.abc import Mapping

from joulebook_hub.housing.dwellings import Dwelling
from joulebook_hub.jobs.book import JobBook
from joulebook_hub.jobs.clusters import Clusters
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.gateway import Gateway
from joulebook_hub.jobs.notices import Courier
from joulebook_hub.jobs.places import DaskPlace, OwnMachine, Place
from joulebook_hub.jobs.roster import Roster
from joulebook_hub.jobs.setting import WorkerSettings
from joulebook_hub.jobs.timetable import Timetable
from joulebook_hub.jobs.worker import Worker
from joulebook_hub.plans import Plans
from joulebook_hub.store import Store

__all__ = ["make_worker"]


def make_worker(environment: Mapping[str, str]) -> Worker:
    """Make a worker.

    Parameters
    ----------
    environment : mapping of str to str
        As the hub hands them to its worker.

    Returns
    -------
    Worker
        Its store is opened at the first step.
    """
    settings = WorkerSettings.from_environment(environment)
    plans = Plans.read(environment.get("JOULEBOOK_PLANS", ""), default=environment.get("JOULEBOOK_DEFAULT_PLAN", ""))
    store = Store(environment["JOULEBOOK_STORE_URL"])
    settings.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    book, roster = JobBook(store, Gate(plans)), Roster(store)
    clusters = None
    if settings.gateway is not None:
        gateway = Gateway(settings.gateway, environment.get("JUPYTERHUB_API_TOKEN", ""))
        clusters = Clusters(gateway, settings.instance, roster.attempts)
    place = _place(settings, environment, store, plans, book)
    return Worker(roster, Timetable(book), Courier.of(environment, settings.home), settings, place, clusters)


def _place(
    settings: WorkerSettings, environment: Mapping[str, str], store: Store, plans: Plans, book: JobBook
) -> Place:
    if settings.profile == "local":
        return DaskPlace(settings.dask) if settings.dask else OwnMachine()
    from joulebook_hub.housing import docker, systemd
    from joulebook_hub.housing.houses import Houses
    from joulebook_hub.housing.kubernetes import claim_of
    from joulebook_hub.jobs.apiserver import ApiServer
    from joulebook_hub.jobs.containers import DockerPlace
    from joulebook_hub.jobs.pods import PodPlace
    from joulebook_hub.jobs.units import UnitPlace
    from joulebook_hub.places import StateFolder
    from joulebook_hub.quota.people import groups_of
    from joulebook_hub.settings import HubSettings

    first = int(environment.get("JOULEBOOK_FIRST_ID") or HubSettings.first_id)
    hub = HubSettings(StateFolder(settings.home), profile=settings.profile, first_id=first, environment=environment)
    houses = Houses.of(store, plans, hub)

    def dwell(user: str) -> Dwelling:
        with store.read() as transaction:
            groups = groups_of(transaction, user)
        return houses.prepare(user, groups)

    spool = settings.spool.name
    if settings.profile == "kubernetes":
        return PodPlace(
            *(settings.instance, environment, ApiServer(environment)),
            dwell=dwell,
            room=book.room,
            claim=claim_of(hub),
            spool=spool,
        )
    if settings.profile == "systemd":
        tree = systemd.tree_of(hub)
        return UnitPlace(
            *(settings.instance, environment),
            dwell=dwell,
            room=book.room,
            tree=tree,
            spool=f"{tree}/{spool}",
            hidden=[str(settings.home)],
        )
    tree = docker.tree_of(hub)
    return DockerPlace(settings.instance, environment, dwell=dwell, room=book.room, tree=tree, spool=f"{tree}/{spool}")
