"""Work that leaves the request: which libraries hand it to a queue, broker or platform, and by which calls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_that, text_of
from checks.application.endpoints import endpoints, source
from checks.application.switches import conditions
from checks.application.wiring import line_matches, reached
from checks.files.listed import PYTHON_OF_PRODUCT
from checks.observation import Location
from checks.once import once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from checks.look import Look

_TASKS = (
    "celery", "rq", "dramatiq", "arq", "huey", "taskiq", "procrastinate", "saq", "django_rq", "django_q", "bullmq",
    "bull", "pg-boss", "agenda", "inngest", "@trigger.dev/*", "@upstash/qstash", "graphile-worker", "temporalio",
    "@temporalio/*", "kombu", "django.tasks", "django_tasks", "hatchet_sdk", "@hatchet-dev/*", "dbos", "@dbos-inc/*",
    "prefect", "streaq", "pgqueuer", "bee-queue", "bree", "@vercel/queue", "workflow", "@upstash/workflow",
    "google.cloud.tasks_v2", "google.cloud.tasks", "@google-cloud/tasks", "@aws-sdk/client-sqs", "@aws-sdk/client-sfn",
    "azure.servicebus", "@azure/service-bus", "azure.storage.queue", "@azure/storage-queue", "firebase-admin/functions",
    "@nestjs/bull", "@nestjs/bullmq", "flask_rq2", "rq_scheduler", "repid", "dramatiq_sqs", "apalis", "defer",
)  # fmt: skip
"""Queues whose tasks some worker runs."""
_STREAMS = (
    "aiokafka", "confluent_kafka", "kafka", "kafkajs", "node-rdkafka", "@confluentinc/kafka-javascript", "faust",
    "faststream", "nats", "@nats-io/*", "google.cloud.pubsub_v1", "google.cloud.pubsub", "@google-cloud/pubsub", "pika",
    "aio_pika", "amqplib", "rascal", "amqp-connection-manager", "pulsar", "pulsar-client", "redis-smq", "stomp", "rhea",
)  # fmt: skip
"""Brokers of messages: work is done for them only where something takes the messages."""

_HANDS_OVER = re.compile(
    r"(?:.*\.)?(?:delay|apply_async|send_with_options|send_task|add_periodic_task|crontab|execute_workflow|start_workflow"
    r"|startWorkflow|enqueue|enqueue_job|enqueue_in|enqueue_at|enqueue_call|aenqueue|kiq|defer|defer_async|schedule_task"
    r"|async_task|batchTrigger|triggerAndWait|send_messages|sendMessages|send_and_wait|run_no_wait|runNoWait)"
    r"|(?:bullmq|@nestjs/bull\w*)\.(?:Worker|FlowProducer.*|Queue.*\.add(?:Bulk)?)|(?:bull|bee-queue)\..*\.(?:add|process|createJob)"
    r"|pg-boss\..*\.(?:send|work|schedule)|(?:agenda|bree)\..*\.(?:define|every|now|schedule|start)"
    r"|inngest\..*\.(?:createFunction|send)|@trigger\.dev/.*\.(?:task|trigger)|@upstash/(?:qstash|workflow)\..*(?:publish\w*|trigger|serve|enqueue\w*)"
    r"|graphile-worker\..*(?:run|\.addJob|quickAddJob)|@vercel/queue\..*send|workflow(?:/api)?\.start"
    r"|@aws-sdk/client-(?:sqs|sfn)\.(?:SendMessage(?:Batch)?|StartExecution)Command|google\.cloud\.tasks\w*\..*create_task"
    r"|@google-cloud/tasks\..*createTask|(?:hatchet_sdk|@hatchet-dev/\w+)\..*(?:run|schedule)\w*|prefect\..*(?:submit|run_deployment|serve)"
    r"|(?:@azure/storage-queue|azure\.storage\.queue)\..*send_?[mM]essage|firebase-admin/functions\..*enqueue"
    r"|dbos\..*(?:start_workflow|enqueue)|django_q\.tasks\.schedule"
)
_SAYS_ENOUGH = re.compile(
    r"enqueue_?[jJ]ob|enqueue_(?:in|at|call)|apply_async|send_task|execute_workflow|start_workflow|kiq"
)
"""Names that no other kind of library uses, so that the queue may be handed around."""
_PUBLISHES = re.compile(
    r"(?:.*\.)?(?:send_and_wait|produce|publish|publish_message|publishMessage|basic_publish|sendToQueue|send_batch|publishJSON)"
    r"|(?:kafkajs|aiokafka|kafka|pulsar\S*|stomp|rhea|@confluentinc/\S+)\..*\.(?:send|sendBatch)"
)
_TAKES = re.compile(
    r"(?:.*\.)?(?:AIOKafkaConsumer|KafkaConsumer|DeserializingConsumer|Consumer|consumer|consume|basic_consume|subscriber|subscribe"
    r"|pull_subscribe|assertQueue|eachMessage|addMessageHandler|streaming_pull|SubscriberClient|agent)"
)
_NEED_A_WORKER = ("bullmq", "bull", "bee-queue", "@nestjs/bull", "@nestjs/bullmq")
_ADDED = re.compile(r"(?:bullmq|bull|bee-queue)\..*\.(?:add|addBulk|createJob)")
_WORKS = re.compile(
    r"\bWorker\w*\s*[(<]|\.process\(|@Process(?:or)?\b|\bWorkerHost\b|\bsandbox|\bprocessor\b", re.IGNORECASE
)
"""What takes jobs; read generously, since a file that only adds them is what is looked for."""
_AT_ONCE = r"(?m)^CELERY_(?:TASK_)?ALWAYS_EAGER\s*=\s*True\b|\btask_always_eager\s*=\s*True\b"
_LATER = re.compile(r"(?i)\b(?:task_)?always_eager[\"']?\s*[:=](?!=)\s*(?!True\b)")
_FOR_DEVELOPERS = re.compile(r"(?i)(?:^|[/._-])(?:tests?|testing|dev|development|local|ci)(?:[/._-]|$)")
_TASK_MARK = re.compile(r"@[\w.]*(task|actor|job|workflow|activity|Processor)\b|\b(Worker|functions|createFunction)\b")
_INJECTED = re.compile(r"this\.\w+\.(?:add|addBulk)")
_HAND_OVER_WHAT = frozenset({"send_message", "send", "spawn", "trigger"})
"""Methods that hand work over if they are a queue's: they tell little by themselves."""
_CALLED_AS_IS = re.compile(r"(?:huey|prefect)\..*(?:task|flow)|(?:.*\.)?(?:db_task|on_commit_task)")
"""Decorators whose functions are handed over when they are called like any other."""


_SENDS_TO_BOUND = frozenset({"send", "sendBatch"})
_RECEIVES = frozenset({"receive_message", "receive_messages"})
_CONVEX = frozenset({"ctx.scheduler.runAfter", "ctx.scheduler.runAt"})


@dataclass(frozen=True, slots=True)
class Queues:
    """Where queues are loaded, where work is handed to them, and whether they seem to have tasks."""

    libraries: tuple[Location, ...]
    handed: tuple[Location, ...]
    """To a queue whose worker is part of it, or to a broker that something here listens to."""
    published: tuple[Location, ...]
    """To a broker; nothing here takes the messages."""
    has_tasks: bool


@once
def queues(look: Look) -> Queues:
    """The queues of the application and what is handed to them."""
    tasks, streams = look.importers(*_TASKS), look.importers(*_STREAMS)
    files, brokers = {place.path for place in tasks}, {place.path for place in streams}
    alone = _nobody_works(look)
    perhaps = calls_that(look, _may_hand_over, _called_as_is(look)) if tasks or streams else ()
    handed = [
        call.place
        for call in perhaps
        if reached(look, call.path)
        if not (alone and call.last in {"add", "addBulk", "createJob"})
        if (_HANDS_OVER.fullmatch(call.name) and (_near(look, call, files) or _SAYS_ENOUGH.fullmatch(call.last)))
        or _is_handed(look, call, files)
    ]
    handed += _by_platform(look)
    published = [
        call.place
        for call in (calls_that(look, _publishes) if brokers else ())
        if reached(look, call.path) and _near(look, call, brokers)
    ]
    if published and (any(_takes(look, call) for call in calls_that(look, _may_take)) or _is_pushed_to(look)):
        handed, published = [*handed, *published], []
    published += [call.place for call in (calls_that(look, _adds) if alone else ()) if reached(look, call.path)]
    return Queues(
        (*tasks, *streams),
        tuple(sorted({*handed})),
        tuple(sorted({*published})),
        any(_TASK_MARK.search(look.tree.text(path) or "") for path in files | brokers),
    )


def _publishes(call: Seen, _: str) -> bool:
    return bool(_PUBLISHES.fullmatch(call.name) or _PUBLISHES.fullmatch(call.callee))


def _adds(call: Seen, _: str) -> bool:
    return bool(_ADDED.fullmatch(call.name))


def run_at_once(look: Look) -> tuple[Location, ...]:
    """Settings by which Celery or RQ runs every task inside the process that hands it over, wherever it runs."""
    on_the_spot = calls_that(look, _makes_a_queue)
    if on_the_spot and all(call.keys.get("is_async") == "False" for call in on_the_spot):
        return tuple(call.place for call in on_the_spot)
    named = look.sources_with("always_eager", among=PYTHON_OF_PRODUCT)
    files = [path for path in named if reached(look, path) and look.python.module(path)]
    if any(_LATER.search(look.tree.text(path) or "") for path in files):
        return ()
    places = [
        place
        for path in files
        if not _FOR_DEVELOPERS.search(path)
        for place in line_matches(look, path, _AT_ONCE)
        if not conditions(look, place)
    ]
    return tuple(places)


def _makes_a_queue(call: Seen, _: str) -> bool:
    return bool(re.fullmatch(r"rq\.(?:\w+\.)*Queue", call.name))


def _nobody_works(look: Look) -> bool:
    """Whether jobs of BullMQ and its like are added, and no file that loads the library takes any."""
    homes = {place.path for place in look.importers(*_NEED_A_WORKER, reached=False)}
    return bool(homes) and not any(_WORKS.search(look.tree.text(path) or "") for path in homes)


def _near(look: Look, call: Seen, files: set[str]) -> bool:
    """Whether the call belongs to a queue: its file, or one that it loads, imports the queue's library."""
    return call.path in files or not files.isdisjoint(look.reach.imports_of(call.path))


def _may_hand_over(call: Seen, as_is: str) -> bool:
    """Whether a call is named like one that hands work over, or like a function that is handed over when called."""
    return bool(
        call.last in _HAND_OVER_WHAT
        or call.last in _set_of(as_is)
        or _HANDS_OVER.fullmatch(call.name)
        or _INJECTED.fullmatch(call.callee)
    )


@lru_cache(maxsize=8)
def _set_of(names: str) -> frozenset[str]:
    return frozenset(names.split("\n") if names else ())


@once
def _called_as_is(look: Look) -> str:
    """The names of functions that are handed over when they are called like any other, one in a line."""
    found = {
        function.name
        for path in _with_tasks(look)
        if (module := look.python.module(path))
        for function in module.functions
        if any(_CALLED_AS_IS.fullmatch(mark.resolved) for mark in function.decorators)
    }
    return "\n".join(sorted(found))


def _is_handed(look: Look, call: Seen, files: set[str]) -> bool:
    """Whether work goes to a queue that is injected, or to a task that a file of the queue's library defines."""
    if call.path in files and _INJECTED.fullmatch(call.callee):
        return "InjectQueue(" in (look.tree.text(call.path) or "")
    if call.last == "send_message":  # boto3 has one client for everything
        return "QueueUrl" in call.keys or "QueueUrl" in text_of(look, call)
    with_tasks = _with_tasks(look)
    if call.last in {"send", "spawn", "trigger"} and comes_from(look, call, with_tasks):
        return True
    return any(
        function.name == call.last and any(_CALLED_AS_IS.fullmatch(mark.resolved) for mark in function.decorators)
        for path in {call.path, *look.reach.imports_of(call.path)} & with_tasks
        if (module := look.python.module(path))
        for function in module.functions
    )


@once
def _with_tasks(look: Look) -> frozenset[str]:
    """The files of a queue's library that define tasks."""
    files = {place.path for place in look.importers(*_TASKS)}
    return frozenset(path for path in files if _TASK_MARK.search(look.tree.text(path) or ""))


def comes_from(look: Look, call: Seen, homes: AbstractSet[str]) -> bool:
    """Whether what is called, or what it is a method of, is imported from one of these files."""
    head = call.callee.removeprefix("this.").partition(".")[0]
    python, web = look.python.module(call.path), look.web.module(call.path)
    return any(
        item.local == head and not homes.isdisjoint(item.paths) for item in (python.imports if python else ())
    ) or any(head in item.names and item.path in homes for item in (web.imports if web else ()))


def _may_take(call: Seen, _: str) -> bool:
    return bool(_TAKES.fullmatch(call.callee))


def _takes(look: Look, call: Seen) -> bool:
    """Whether a call named so takes messages of a broker, in code of this repository that anything starts."""
    if not call.reached:
        return False
    brokers = {place.path for place in look.importers(*_STREAMS)}
    return not brokers.isdisjoint((call.path, *look.reach.imports_of(call.path)))


_PUSHED = re.compile(r"b64decode|base64|Buffer\.from\(|atob\(")
_ENVELOPE = re.compile(r"\bmessage\b[^\n]{0,40}\bdata\b|\bsubscription\b|verify\w*Signature|cloudevents?\b")


def _is_pushed_to(look: Look) -> bool:
    """Whether an endpoint takes what a broker pushes: an envelope with a message whose data is encoded."""
    return any(
        _PUSHED.search(text := source(look, one)) and _ENVELOPE.search(text)
        for one in endpoints(look)
        if not one.only_reads
    )


def _by_platform(look: Look) -> Iterator[Location]:
    """Queues that a platform's file binds, and functions that Convex runs later."""
    bound = {
        str(producer.get("binding"))
        for platform in look.containers.platforms
        if platform.platform == "cloudflare"
        for producer in _producers(platform.data.get("queues"))
    }
    for call in calls_that(look, _may_be_of_a_platform):
        parts = call.callee.split(".")
        bound_here = parts[-1] in _SENDS_TO_BOUND and len(parts) > 1 and parts[-2] in bound
        takes = parts[-1] in _RECEIVES and "QueueUrl" in text_of(look, call)
        if (bound_here or takes or call.callee in _CONVEX) and reached(look, call.path):
            yield call.place


def _may_be_of_a_platform(call: Seen, _: str) -> bool:
    return call.last in _SENDS_TO_BOUND or call.last in _RECEIVES or call.callee in _CONVEX


def _producers(queues: object) -> list[dict[str, object]]:
    found = queues.get("producers") if isinstance(queues, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
