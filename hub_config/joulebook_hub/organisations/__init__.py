"""Organisations: people who share projects, a plan and its GPU-hours.

- `rules` and `roles`: who belongs to an organisation and who may change what; no input or output.
- `reading` and `book`: the same in the store; each event is one transaction. `grants` tells `joulebook_hub.quota` what
  an organisation gives its members; `departures` ends at once what somebody had through it.
- `projects` and `folders`: shared projects, their folders and rights; `rooms`: links and JupyterHub groups that follow.
- `routes`: the service's requests; the pages are `joulebook_hub.handlers.organisations`.

Billing calls `Book.give_plan` with the source ``"subscription"`` and the seats that were paid (None for as many as the
plan covers), and with None at the end; `Book.event` and `Organisation.require(user, Act.SUBSCRIBE)` say who may pay.
"""
