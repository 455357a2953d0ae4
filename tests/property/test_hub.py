"""The hub as a state machine, on both databases; tests/benchmarks/soak_hub.py takes many more steps."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

import hub_machine


class OnPostgreSQL(hub_machine.Hub):
    kind = "postgresql"


TestHub = hub_machine.Hub.TestCase
TestHub.settings = settings(
    max_examples=10, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestHubOnPostgreSQL = OnPostgreSQL.TestCase
TestHubOnPostgreSQL.settings = settings(
    max_examples=2, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
