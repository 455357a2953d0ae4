"""Tables of jobs. A change of them needs a migration in `joulebook_hub/store/migrations/versions`."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, String, Table, Text

from joulebook_hub.store import METADATA

__all__ = ["jobs", "logs", "notices", "schedules"]

jobs = Table(
    "jobs",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("key", String(16), nullable=False, unique=True),
    Column("user", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", String(200), nullable=False),
    Column("order", Text, nullable=False),
    Column("schedule", String(16), nullable=False),
    Column("notice", Text, nullable=False),
    Column("plan", String(64), nullable=False),
    Column("weight", Float, nullable=False),
    Column("submitted", Float, nullable=False),
    Column("most_attempts", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("ready", Float, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("interruptions", Integer, nullable=False),
    Column("worker", String(255), nullable=False),
    Column("beat", Integer, nullable=False),
    Column("started", Float),
    Column("ended", Float),
    Column("error", Text, nullable=False),
    Column("stage", String(200), nullable=False),
    Column("label", String(200), nullable=False),
    Column("done", Float, nullable=False),
    Column("total", Float, nullable=False),
    Column("results", Text, nullable=False),
    Index("jobs_by_user", "user", "number"),
    Index("jobs_by_state", "state"),
)
logs = Table(
    "job_logs",
    METADATA,
    Column("job", Integer, primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("begin", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
schedules = Table(
    "job_schedules",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("key", String(16), nullable=False, unique=True),
    Column("user", String(255), nullable=False),
    Column("title", String(200), nullable=False),
    Column("order", Text, nullable=False),
    Column("notice", Text, nullable=False),
    Column("most_attempts", Integer, nullable=False),
    Column("cron", String(120), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("following", Float),
    Column("last", Float),
    Column("said", Text, nullable=False),
    Index("job_schedules_by_time", "following"),
)
notices = Table(
    "job_notices",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("key", String(16), nullable=False, unique=True),
    Column("user", String(255), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("target", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due", Float, nullable=False),
    Column("error", Text, nullable=False),
    Index("job_notices_by_time", "state", "due"),
)
