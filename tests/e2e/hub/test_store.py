"""A real hub whose store is PostgreSQL: hub and service share it, and a killed service comes back."""

from __future__ import annotations

import os
import signal

import requests
from sqlalchemy import create_engine, text

import databases


def test_a_hub_on_postgresql(new_hub, wait_for):
    with databases.empty_database("postgresql") as url:
        hub = new_hub(JOULEBOOK_STORE_URL=url, JOULEBOOK_DEFAULT_PLAN="explorer")
        done = hub.up()
        assert done.returncode == 0, done.stderr
        admin = hub.admin()
        wanted = {"whom": "person:admin", "action": "plan", "plan": "academic", "reason": "a test"}
        assert admin.submit("/hub/plans", wanted).status_code == 200

        def ready():
            try:
                return hub.browser().get("/services/joulebook/health/ready").status_code == 200
            except requests.ConnectionError:
                return False

        wait_for(ready, "the service is ready", 60)
        service = hub.member("joulebook_hub.service")
        assert service.environ()["JOULEBOOK_STORE_URL"] == url
        os.kill(service.pid, signal.SIGKILL)
        wait_for(lambda: not service.is_running(), "the service is dead", 20)
        wait_for(ready, "the hub has started it again", 60)
        assert "a test" in admin.get("/hub/plans").text
        assert not hub.folder.ledger.exists(), "no second store"
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            assert connection.execute(text("SELECT actor, reason FROM audit")).all() == [("admin", "a test")]
        engine.dispose()
        log = hub.folder.log.read_text(encoding="utf-8")
        assert '"logger": "joulebook_hub.service"' in log
        assert hub.down().returncode == 0
