"""Metrics, error tracking and tracing: initialized where the service starts, or only written."""

from __future__ import annotations

import re

from checks.application.calls_seen import Seen, calls_that
from checks.application.endpoints import endpoints
from checks.application.environment import settings
from checks.application.sampling import keeps_nothing
from checks.application.switches import conditions, switched_off
from checks.application.wiring import Hit, absent, answer, calls, line_matches, matches_in, reached
from checks.files.listed import PYTHON_OF_PRODUCT
from checks.look import PYTHON, Look
from checks.models.span_exporters import for_models_only
from checks.models.tracing import left_to_the_environment, traced
from checks.observation import Confidence, Location, Observation, Outcome
from checks.probe import probe
from checks.readers.plain import mapping
from checks.readers.python_facts import Call

METRICS = "obs.metrics"
TRACING = "obs.tracing"

_TRACKERS = (
    r"sentry_sdk\.init|@sentry/[\w-]+(?:\.\*|\.default)?\.init|rollbar\.init|bugsnag\.configure|@bugsnag/[\w-]+\..*start"
    r"|logfire\.configure|newrelic\.agent\.initialize|ddtrace\.patch_all|dd-trace.*\.init|elasticapm\..*|elastic-apm-node.*\.start"
    r"|applicationinsights.*\.start|azure\.monitor\.opentelemetry\.configure_azure_monitor|honeybadger\.configure|airbrake\..*"
    r"|scout_apm\..*|posthog\.capture_exception|@highlight-run/.*\.init|@appsignal/.*"
)
_SPANS = r"@vercel/otel\.registerOTel"
_METRIC_READER = frozenset({"metricReader", "metricReaders"})
"""What makes OpenTelemetry of a Next.js server send metrics; without it there are traces alone."""
_EXPOSED = (
    r"prometheus_client\.(?:start_http_server|start_wsgi_server|make_asgi_app|make_wsgi_app|push_to_gateway|generate_latest"
    r"|exposition\.\w+)|prometheus_fastapi_instrumentator\..*\.expose|starlette_exporter\.(?:handle_metrics|PrometheusMiddleware)"
    r"|starlette_prometheus\..*|prometheus_flask_exporter\..*|opentelemetry\.metrics\.set_meter_provider|statsd\.\w+|datadog\.initialize"
    r"|aws_lambda_powertools\.(?:\w+\.)*(?:flush_metrics|log_metrics)|@aws-lambda-powertools/metrics\..*(?:publishStoredMetrics|logMetrics)"
    r"|aws_embedded_metrics\..*|opentelemetry\.exporter\.prometheus\.\w+|aioprometheus\..*|express-prom-bundle.*|fastify-metrics.*|hot-shots.*|prom-client\..*\.metrics|.*[.#]regist(?:er|ry)\.metrics|@hono/prometheus\.prometheus|@opentelemetry/exporter-prometheus\..*|@willsoto/nestjs-prometheus\..*"
)
_FLUSHED = re.compile(
    r"(?:aws_lambda_powertools|@aws-lambda-powertools/metrics|aws_embedded_metrics)\..*(?:flush\w*|publishStoredMetrics|log_metrics)"
)
_METRIC_LIBRARIES = (
    "prometheus_client", "prometheus_fastapi_instrumentator", "starlette_exporter", "prometheus_flask_exporter",
    "prom-client",
    "statsd", "datadog", "sentry_sdk", "@sentry/*", "rollbar", "newrelic", "ddtrace", "dd-trace", "elasticapm",
)  # fmt: skip
_COMMANDS = (
    r"\b(?:ddtrace-run|newrelic-admin\s+run-program|opentelemetry-instrument)"
    r"|(?<![\w-])(?:(?:-r|--require|--import)[\s=]+(?:dd-trace/\w+|newrelic|@opentelemetry/\S+))"
)

_BY_ENVIRONMENT = (
    r"opentelemetry\.instrumentation\.auto_instrumentation\.initialize"
    r"|opentelemetry\.(?:sdk\._configuration|distro)\.\w*Configurator\.configure"
)
"""Calls that set providers and exporters of every kind, by the variables that OpenTelemetry defines."""
_PROVIDERS = (
    r"opentelemetry\.trace\.set_tracer_provider|.*\bNodeSDK\.start|.*\bsdk\.start|.*NodeTracerProvider\.register"
)
_STARTS = (
    r"logfire\.configure|@vercel/otel\.registerOTel|ddtrace\.patch_all|dd-trace.*\.init"
    r"|azure\.monitor\.opentelemetry\.configure_azure_monitor"
    rf"|{_BY_ENVIRONMENT}"
)
_INSTRUMENTS = (
    r".*\.(?:instrument_app|instrument_fastapi|instrument_django|instrument_flask|instrument"
    r"|start_as_current_span|startActiveSpan|startSpan)"
)
_SENTRY = r"sentry_sdk\.init|@sentry/[\w-]+(?:\.\*|\.default)?\.init"
_SAMPLES = frozenset({"traces_sample_rate", "traces_sampler", "enable_tracing", "tracesSampleRate", "tracesSampler"})
_NOWHERE = re.compile(
    r"[\"'`](?i:\s*|<?(?:https?://)?<?(?:your|insert|replace|change|todo|xxx|public[_-]?key).*)[\"'`]"
)
_ERROR_RATES = ("sample_rate", "sampleRate")


@probe(METRICS)
def metrics(look: Look) -> Observation:
    """Metrics that something can collect, or error tracking that is initialized."""
    searched = ("initialization of metric and error-tracking libraries", "commands that start the service")
    fix = "initialize error tracking where the service starts, and expose request metrics to the collector"
    tracked = [*calls(look, _TRACKERS), *(hit for hit in calls(look, _SPANS) if _METRIC_READER & {*_given(hit)})]
    every = [hit for hit in tracked if not for_models_only(look, hit)]
    trackers = [hit for hit in every if not _is_mute(look, hit)]
    off = _off(look, [hit.place for hit in trackers if not _is_told_to_be_off(hit)] + _exposed(look))
    off |= {hit.place: "enabled" for hit in trackers if _is_told_to_be_off(hit)}
    started = [hit.place for hit in trackers if hit.place not in off] + _agents(look)
    started += _in_django(look)
    exposed = [place for place in _exposed(look) if place not in off]
    if started or exposed:
        blocked = [] if started else _behind_login(look)
        if blocked:
            said = "metrics are exposed behind a login that a collector does not have"
            return answer(METRICS, Outcome.PARTIAL, said, blocked, searched=searched, fix=fix)
        said = "error tracking is initialized" if started else "metrics are exposed"
        return _wired(look, METRICS, said, [*started, *exposed], searched)
    if off:
        return _switched_off(METRICS, off, searched)
    if every:
        said = "error tracking is initialized at a rate that keeps none of the errors"
        return answer(METRICS, Outcome.PARTIAL, said, [hit.place for hit in every], searched=searched, fix=fix)
    written = look.importers(*_METRIC_LIBRARIES, reached=False)
    platform = [
        Location(item.path)
        for item in look.containers.platforms
        if item.platform == "cloudflare" and mapping(item.data.get("observability")).get("enabled")
    ]
    if platform and not written:
        said = "the platform's own observability is on; the application counts nothing itself"
        return answer(METRICS, Outcome.PARTIAL, said, platform, searched=searched, fix=fix)
    if written:
        dead = [place for place in written if not reached(look, place.path)]
        said = "metrics are written, but nothing loads them" if dead else "metrics are counted, but never exposed"
        return answer(METRICS, Outcome.PARTIAL, said, _counters(look) or list(written), searched=searched, fix=fix)
    return absent(look, METRICS, "no metrics, APM or error tracking", searched=searched, fix=fix)


def _in_django(look: Look) -> list[Location]:
    """Applications of Django that count requests or report errors once they are installed and mounted."""
    mounted = r"include\(\s*[\"']django_prometheus\.urls|ExportToDjangoView"
    installed = r"^\s*[\"'](?:elasticapm\.contrib\.django|scout_apm\.django|rollbar\.contrib\.django\S*)[\"']"
    found = [place for pattern in (mounted, installed) for place in matches_in(look, pattern, PYTHON_OF_PRODUCT)]
    return sorted(found, key=lambda place: place.path)


def _off(look: Look, places: list[Location]) -> dict[Location, str]:
    """Those of the places that a switch keeps from running, with its name."""
    return {place: name for place in places if (name := switched_off(look, place))}


def _is_told_to_be_off(hit: Hit) -> bool:
    """Whether a tracker is told so, or is given nowhere to send to."""
    given = _given(hit)
    return given.get("enabled") in {"false", "False"} or bool(_NOWHERE.fullmatch(given.get("dsn", "?")))


def _wired(look: Look, signal: str, said: str, places: list[Location], searched: tuple[str, ...]) -> Observation:
    """Met; with low confidence where each place stands below a condition, so that the deployment decides."""
    below = {place: conditions(look, place) for place in places}
    if all(below.values()) and below:
        said = f"{said}, where `{next(iter(below.values()))[0][:60]}` holds"
        return answer(signal, Outcome.MET, said, places, searched=searched, confidence=Confidence.LOW)
    return answer(signal, Outcome.MET, said, places, searched=searched)


def _switched_off(signal: str, off: dict[Location, str], searched: tuple[str, ...]) -> Observation:
    said = f"wired behind a switch that is off and that no file turns on: {', '.join(sorted(set(off.values())))}"
    fix = "turn the switch on in the deployment's configuration"
    return answer(signal, Outcome.PARTIAL, said, list(off), searched=searched, fix=fix)


def _agents(look: Look) -> list[Location]:
    files = look.tree.match("Dockerfile*", "Procfile", "*compose*.y*ml", "/package.json")
    return [place for path in files for place in line_matches(look, path, _COMMANDS)]


def _exposed(look: Look) -> list[Location]:
    served = endpoints(look)
    found = [call.place for call in calls_that(look, _flushes) if call.reached]
    for hit in calls(look, f"{_EXPOSED}|{_BY_ENVIRONMENT}"):
        in_handler = any(item.module == hit.place.path and item.first <= hit.place.line <= item.last for item in served)
        gathers = re.search(r"generate_latest|\.metrics$", hit.call.resolved)
        if not gathers or in_handler:
            found.append(hit.place)
    return found


def _flushes(call: Seen, _: str) -> bool:
    return bool(_FLUSHED.fullmatch(call.name))


def _behind_login(look: Look) -> list[Location]:
    word = re.compile(r"(?i)current_user|get_user|require|auth(?!or)|admin|superuser|login")
    return [
        item.place
        for item in endpoints(look)
        if item.path.rstrip("/").endswith("metrics") and any(word.search(guard) for guard in item.guards)
    ]


def _counters(look: Look) -> list[Location]:
    return [
        hit.place
        for hit in calls(look, r"prometheus_client\.(?:Counter|Histogram|Gauge|Summary)|prom-client\..*", dead=True)
    ]


@probe(TRACING)
def tracing(look: Look) -> Observation:
    """Distributed tracing that starts with the service and before what it instruments."""
    searched = ("initialization of tracing libraries", "commands that start the service")
    fix = "set the tracer provider where the service starts, then instrument the application"
    providers = [hit for hit in calls(look, _PROVIDERS) if not for_models_only(look, hit)]
    if "opentelemetry" in " ".join(hit.call.resolved for hit in providers) or look.importers("@opentelemetry/*"):
        late = _late(look, providers)
        if late:
            said = "the application is instrumented before the tracer provider is set"
            return answer(TRACING, Outcome.PARTIAL, said, late, searched=searched, fix=fix)
    else:
        providers = [hit for hit in providers if "opentelemetry" in hit.call.resolved]
    to_product = [hit.place for hit in calls(look, f"{_PROVIDERS}|{_STARTS}") if for_models_only(look, hit)]
    found = [hit.place for hit in calls(look, _STARTS) if hit.place not in to_product]
    tracked = [hit.place for hit in calls(look, _TRACKERS) if _samples(look, hit) and not _is_told_to_be_off(hit)]
    off = _off(look, [*found, *tracked, *(hit.place for hit in providers)])
    started = [place for place in found if place not in off]
    sampled = [place for place in tracked if place not in off]
    providers = [hit for hit in providers if hit.place not in off]
    agents = [
        place
        for place in _agents(look)
        if re.search(
            r"ddtrace|dd-trace|opentelemetry|newrelic", (look.tree.text(place.path) or "").splitlines()[place.line - 1]
        )
    ]
    instruments = [
        hit for hit in calls(look, _INSTRUMENTS) if re.search(r"opentelemetry|logfire|ddtrace", hit.call.resolved)
    ]
    if mute := _muted(look) if agents or providers else ():
        said = "tracing is set up, and the environment keeps its spans from going anywhere"
        return answer(TRACING, Outcome.PARTIAL, said, [*mute, *agents], searched=searched, fix=fix)
    instruments += _of_environment(look)
    web = [hit for hit in providers if not hit.place.path.endswith(PYTHON)]
    if web and (late := _after_listening(look, web)):
        said = "tracing starts after what it should instrument was loaded and listens"
        return answer(TRACING, Outcome.PARTIAL, said, late, searched=searched, fix=fix)
    if (
        sampled
        or agents
        or (started and (instruments or not any(place.path.endswith(PYTHON) for place in started)))
        or web
    ):
        places = [*sampled, *agents, *started, *(hit.place for hit in web)]
        return _wired(look, TRACING, "tracing starts with the service", places, searched)
    if providers and instruments and (mute := _exports_nothing(look)):
        said = "spans are made, but no exporter takes them"
        return answer(TRACING, Outcome.PARTIAL, said, mute, searched=searched, fix=fix)
    if providers and instruments:
        places = [hit.place for hit in (*providers, *instruments)]
        return _wired(look, TRACING, "a tracer is set and the application instrumented", places, searched)
    if off:
        return _switched_off(TRACING, off, searched)
    return _without_start(look, started, to_product, searched, fix)


def _of_environment(look: Look) -> list[Hit]:
    """What sets OpenTelemetry up by its variables, where spans are made by hand or by instrumentation packages."""
    found = calls(look, _BY_ENVIRONMENT)
    by_hand = found and calls(look, r".*\.(?:start_as_current_span|start_span)")
    return list(found) if by_hand or look.depends_on("opentelemetry-instrumentation-*", dev=True) else []


_MUTES = (("OTEL_SDK_DISABLED", "true|1"), ("OTEL_TRACES_EXPORTER", "none"), ("DD_TRACE_ENABLED", "false|0"))
_MUTING = r"opentelemetry-instrument\b.*--traces_exporter[\"',=\s]+none\b"


def _muted(look: Look) -> list[Location]:
    """Where the deployment tells a tracer to send nothing."""
    found = [
        one.place
        for name, off in _MUTES
        for one in settings(look, name)
        if not one.example and re.fullmatch(off, one.value, re.IGNORECASE)
    ]
    commands = look.tree.match("Dockerfile*", "Procfile", "*compose*.y*ml", "/package.json")
    return found + [place for path in commands for place in line_matches(look, path, _MUTING)]


def _exports_nothing(look: Look) -> list[Location]:
    """The providers of the Python SDK, where the application adds no processor of spans to any."""
    made = [hit.place for hit in calls(look, r"opentelemetry\.sdk\.trace\.TracerProvider")]
    return [] if calls(look, r".*(?:add_span_processor|SpanProcessor|SpanExporter)") else made


def _without_start(
    look: Look, started: list[Location], to_product: list[Location], searched: tuple[str, ...], fix: str
) -> Observation:
    """What is there of tracing where none is in force for the service."""
    written = look.importers("opentelemetry", "@opentelemetry/*", "ddtrace", "dd-trace", "jaeger_client", reached=False)
    live = {hit.place for hit in calls(look, _SENTRY)}
    traced_dead = [
        hit.place
        for hit in calls(look, _SENTRY, dead=True)
        if hit.place not in live and _SAMPLES & {*getattr(hit.call, "keywords", {}), *getattr(hit.call, "keys", {})}
    ]
    if traced_dead and not written:
        said = "tracing is set up in code that nothing runs"
        return answer(TRACING, Outcome.PARTIAL, said, traced_dead, searched=searched, fix=fix)
    if to_product and not started:
        said = "spans go to a product for model calls alone"
        return answer(TRACING, Outcome.PARTIAL, said, to_product, searched=searched, fix=fix)
    if written or started:
        said = "tracing is written, but not wired to the serving path"
        return answer(TRACING, Outcome.PARTIAL, said, [*started, *written], searched=searched, fix=fix)
    if models := traced(look) or left_to_the_environment(look):
        return answer(TRACING, Outcome.PARTIAL, "only model calls are traced", models, searched=searched, fix=fix)
    return absent(look, TRACING, "no tracing", searched=searched, fix=fix)


def _after_listening(look: Look, providers: list[Hit]) -> list[Location]:
    """The starts of a tracer, if all of them stand below the line where their own file begins to listen."""
    listens = [hit.place for hit in calls(look, r".*\.listen|@hono/node-server\.serve")]
    late = [
        hit.place
        for hit in providers
        if any(one.path == hit.place.path and one.line < hit.place.line for one in listens)
    ]
    return late if len(late) == len(providers) else []


def _given(hit: Hit) -> dict[str, str]:
    """The named arguments of a call as text."""
    if isinstance(hit.call, Call):
        return {name: value.text for name, value in hit.call.keywords.items()}
    return dict(hit.call.keys)


def _samples(look: Look, hit: Hit) -> bool:
    given = _given(hit)
    return any(name in given and not keeps_nothing(look, hit.place.path, given[name]) for name in _SAMPLES)


def _is_mute(look: Look, hit: Hit) -> bool:
    """Whether a tracker is told to keep none of the errors."""
    given = _given(hit)
    return any(name in given and keeps_nothing(look, hit.place.path, given[name]) for name in _ERROR_RATES)


def _late(look: Look, providers: list[Hit]) -> list[Location]:
    """Instrumentation that stands above the provider in the same function or module body."""
    late = []
    for hit in calls(look, r".*\.(?:instrument_app|instrument)"):
        same = [one for one in providers if (one.place.path, one.function) == (hit.place.path, hit.function)]
        if same and "opentelemetry" in hit.call.resolved and all(hit.place.line < one.place.line for one in same):
            late.append(hit.place)
    return late
