"""The hub's service: one process beside the hub that lends, meters, bills and runs jobs, asked by JSON over HTTP.

Everything is asked for with a token in the ``Authorization`` header; cookies are not looked at, so no page of another
site can act here. The hub says whose token it is and which groups its user is in. ``admin`` means that the token itself
has the scope ``admin:users``; the token of an administrator's server has not.

How a feature plugs in:

1. ``<feature>/routes.py`` has ``ROUTES`` (a tuple of `Route`) and ``FEATURE = Feature("<feature>", ROUTES, ...)``, and
   the feature's name stands in `joulebook_hub.service.features.FEATURES`.

2. Questions and answers are subclasses of `Model` (pydantic; unknown fields are refused), in ``<feature>/models.py``,
   which imports nothing heavy, because the client reads it, too::

       class RunBody(Model):
           notebook: str = Field(max_length=500)

       def start(context: Context, body: RunBody) -> Run | Answer:
           with context.store.begin() as transaction:
               gate(transaction, context.person.name)      # a gate of another feature joins this transaction
               ...
           return Answer(202, Run(...))

       answers = {202: Run, 402: Fault}
       Route("POST", "runs", "Start a run", start, answers, body=RunBody, limits=("requests", "job_starts"))

   The function gets `Context` first, then ``path=``, ``query=``, ``body=`` where the route has such a model. It runs in
   the one thread of the database; a route that waits for a network says ``waits=True`` and holds no transaction then.
   A refusal is ``raise ServiceError(message, reason=..., status=402)`` (nothing is kept) or an `Answer` (what was
   decided is kept). Long lists take a subclass of `PageQuery` and answer with a list and ``next``.

3. ``open`` makes, when the service starts, what functions find as ``context.features["<feature>"]``; ``every`` is done
   again and again in the database's thread; ``run`` is a coroutine for the service's whole life, started again when it
   fails; ``measures`` gives numbers for Prometheus.

4. With the header ``Idempotency-Key`` a changing request happens once: the answer is kept in the transaction that
   decides (see `joulebook_hub.service.deciding`). Features do nothing for it.

5. Pages of the hub find the store as ``self.settings["joulebook_store"]``, and are added in
   `joulebook_hub.service.configuration`. Of the hub's variables JOULEBOOK_… the service gets its own, the folder
   (JOULEBOOK_HOME) and those in ``FEATURE.variables``; a server gets none of these.
"""

from joulebook_hub.service.routes import (
    Answer,
    Context,
    Every,
    Fault,
    Feature,
    Measure,
    Model,
    PageQuery,
    Parts,
    Person,
    Route,
    ServiceError,
    Text,
)

__all__ = [
    "Answer",
    "Context",
    "Every",
    "Fault",
    "Feature",
    "Measure",
    "Model",
    "PageQuery",
    "Parts",
    "Person",
    "Route",
    "ServiceError",
    "Text",
]
