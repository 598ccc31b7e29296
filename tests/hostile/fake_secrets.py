"""Fake secrets of many kinds, drawn by lot each time the tests run, so that no key-shaped string stands in this file.

Each is what a provider or a tool would give out: right prefix, right length, right alphabet, and no meaning.
"""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable, Iterator
from typing import NamedTuple

LETTERS = string.ascii_letters
ALNUM = LETTERS + string.digits
WORD = ALNUM + "_-"
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits


class Fake(NamedTuple):
    """`text` is how it stands in a file; no output may hold any of `cores`."""

    kind: str
    text: str
    cores: tuple[str, ...]


class Lot:
    """Draws characters. Drawn keys hold a digit, and no word that makes a key a placeholder."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  # the same keys every time are what is wanted

    def __call__(self, count: int, alphabet: str = ALNUM) -> str:
        while True:
            drawn = "".join(self._random.choice(alphabet) for _ in range(count))
            ends = drawn[0] in ALNUM and drawn[-1] in ALNUM
            digits = alphabet == LETTERS or any(one.isdigit() for one in drawn)
            if ends and digits and not any(word in drawn.lower() for word in ("fake", "mock", "todo", "xxxx", "my-")):
                return drawn


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _url64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


# Prefix in two pieces, what follows. A scanner that reads this file sees no key.
PREFIXED: tuple[tuple[str, tuple[str, str], Callable[[Lot], str]], ...] = (
    ("aws id", ("AK", "IA"), lambda lot: lot(16, UPPER)),
    ("aws temporary id", ("AS", "IA"), lambda lot: lot(16, UPPER)),
    *((f"github {one}", (f"gh{one}", "_"), lambda lot: lot(36)) for one in "pousr"),
    ("github fine", ("github", "_pat_"), lambda lot: f"{lot(22)}_{lot(59)}"),
    ("gitlab", ("gl", "pat-"), lambda lot: lot(20, WORD)),
    ("gitlab deploy", ("gl", "dt-"), lambda lot: lot(20, WORD)),
    ("gitlab runner", ("gl", "rt-"), lambda lot: lot(20, WORD)),
    ("slack bot", ("xo", "xb-"), lambda lot: f"{lot(12, string.digits)}-{lot(12, string.digits)}-{lot(24)}"),
    ("slack user", ("xo", "xp-"), lambda lot: f"{lot(12, string.digits)}-{lot(12, string.digits)}-{lot(32, HEX)}"),
    ("slack app", ("xa", "pp-"), lambda lot: f"1-A{lot(10, UPPER)}-{lot(13, string.digits)}-{lot(64, HEX)}"),
    ("google key", ("AI", "za"), lambda lot: lot(35, WORD)),
    ("google client", ("GOC", "SPX-"), lambda lot: lot(28, WORD)),
    ("google access", ("ya", "29."), lambda lot: lot(120, WORD)),
    ("anthropic", ("sk-", "ant-"), lambda lot: f"api03-{lot(93, WORD)}AA"),
    ("openai", ("s", "k-"), lambda lot: lot(48)),
    ("openai project", ("sk-", "proj-"), lambda lot: lot(120, WORD)),
    ("openai service", ("sk-", "svcacct-"), lambda lot: lot(60, WORD)),
    ("openrouter", ("sk-", "or-v1-"), lambda lot: lot(64, HEX)),
    ("hugging face", ("h", "f_"), lambda lot: lot(34, LETTERS)),
    ("groq", ("gs", "k_"), lambda lot: lot(52)),
    ("replicate", ("r", "8_"), lambda lot: lot(37)),
    ("perplexity", ("pp", "lx-"), lambda lot: lot(48)),
    ("stripe", ("sk_", "live_"), lambda lot: lot(24)),
    ("stripe restricted", ("rk_", "live_"), lambda lot: lot(24)),
    ("stripe webhook", ("wh", "sec_"), lambda lot: lot(32)),
    ("square", ("sq0", "csp-"), lambda lot: lot(43, WORD)),
    ("shopify", ("sh", "pat_"), lambda lot: lot(32, HEX)),
    ("sendgrid", ("S", "G."), lambda lot: f"{lot(22, WORD)}.{lot(43, WORD)}"),
    ("mailgun", ("ke", "y-"), lambda lot: lot(32, HEX)),
    ("brevo", ("xkey", "sib-"), lambda lot: f"{lot(64, HEX)}-{lot(16)}"),
    ("resend", ("r", "e_"), lambda lot: f"{lot(8)}_{lot(24)}"),
    ("twilio", ("S", "K"), lambda lot: lot(32, HEX)),
    ("npm", ("np", "m_"), lambda lot: lot(36)),
    ("python index", ("py", "pi-AgE"), lambda lot: f"IcHl{lot(120, WORD)}"),
    ("rubygems", ("ruby", "gems_"), lambda lot: lot(48, HEX)),
    ("docker", ("dckr", "_pat_"), lambda lot: lot(27, WORD)),
    ("digitalocean", ("dop", "_v1_"), lambda lot: lot(64, HEX)),
    ("netlify", ("nf", "p_"), lambda lot: lot(36)),
    ("supabase", ("sb", "p_"), lambda lot: lot(40, HEX)),
    ("planetscale", ("pscale", "_tkn_"), lambda lot: lot(43, WORD)),
    ("doppler", ("dp.", "pt."), lambda lot: lot(43)),
    ("vault", ("hv", "s."), lambda lot: lot(90, WORD)),
    ("databricks", ("da", "pi"), lambda lot: lot(32, HEX)),
    ("sentry", ("sntr", "ys_"), lambda lot: f"eyJ{lot(90)}_{lot(43)}"),
    ("new relic", ("NR", "AK-"), lambda lot: lot(27, UPPER)),
    ("grafana", ("gl", "sa_"), lambda lot: f"{lot(32)}_{lot(8, HEX)}"),
    ("linear", ("lin", "_api_"), lambda lot: lot(40)),
    ("notion", ("nt", "n_"), lambda lot: lot(46)),
    ("atlassian", ("ATA", "TT3"), lambda lot: f"xF{lot(180, WORD)}={lot(8, UPPER)}"),
    ("figma", ("fi", "gd_"), lambda lot: lot(43, WORD)),
    ("postman", ("PM", "AK-"), lambda lot: f"{lot(24, HEX)}-{lot(34, HEX)}"),
    ("age", ("AGE-SECRET", "-KEY-1"), lambda lot: lot(58, UPPER)),
)


def fakes(seed: int = 20261120) -> list[Fake]:
    """All kinds, each once."""
    return list(_drawn(Lot(seed)))


def _drawn(lot: Lot) -> Iterator[Fake]:
    for number, (kind, prefix, rest) in enumerate(PREFIXED):
        value = "".join(prefix) + rest(lot)
        # Where a key stands must not matter: code, JSON, YAML, TOML, .env, a sentence, a notebook's output.
        dress = (
            'client = Client("{}")',
            '  {{"note": "{}"}},',
            "value: {}",
            'value = "{}"',
            "VALUE={}",
            "# it was {} until the pilot",
            '   "print(\\"{}\\")\\n",',
        )[number % 7]
        yield Fake(kind, dress.format(value), (value,))
    yield from _keys(lot)
    yield from _connections(lot)
    yield from _addresses(lot)
    yield from _assigned(lot)
    yield from _encoded(lot)


def _keys(lot: Lot) -> Iterator[Fake]:
    for name in ("RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""):
        lines = [lot(64, ALNUM + "+/") for _ in range(6)]
        begin, end = (f"-----{word} {name}PRIVATE" + " KEY-----" for word in ("BEGIN", "END"))
        yield Fake(f"{name}key", "\n".join([begin, *lines, end]), tuple(lines))
    lines = [lot(64, ALNUM + "+/") for _ in range(4)]
    begin, end = (f"-----{word} PRIVATE" + " KEY-----" for word in ("BEGIN", "END"))
    yield Fake("key in json", '{"private_key": "' + "\\n".join([begin, *lines, end]) + '\\n"}', tuple(lines))
    begin, end = (f"-----{word} PGP PRIVATE" + " KEY BLOCK-----" for word in ("BEGIN", "END"))
    yield Fake("pgp key", "\n".join([begin, "", *lines, f"={lot(4)}", end]), tuple(lines))


def _connections(lot: Lot) -> Iterator[Fake]:
    for scheme in ("postgresql", "mysql", "mongodb+srv", "redis", "amqps", "https", "ftp"):
        password = lot(20)
        yield Fake(scheme, f'url = "{scheme}://app:{password}@db.example.com/app"', (password,))
    password = lot(18)
    yield Fake("ado", f"Server=db.example.com;Database=app;User Id=app;Password={password};", (password,))
    key = lot(86, ALNUM + "+/") + "=="
    account = "DefaultEndpointsProtocol=https;AccountName=acme;Account" + f"Key={key};EndpointSuffix=core.example.com"
    yield Fake("azure storage", account, (key,))


def _addresses(lot: Lot) -> Iterator[Fake]:
    path = f"T{lot(8, UPPER)}/B{lot(10, UPPER)}/{lot(24)}"
    yield Fake("slack webhook", "https://hooks.slack" + f".com/services/{path}", (path,))
    path = f"{lot(18, string.digits)}/{lot(68, WORD)}"
    yield Fake("discord webhook", "https://discord" + f".com/api/webhooks/{path}", (path,))
    for name in ("token", "access_token", "api_key", "sig"):
        value = lot(40)
        yield Fake(f"query {name}", f"https://ci.example.com/run/7?page=2&{name}={value}", (value,))
    value = lot(43)
    yield Fake("bearer", f"curl -H 'Authorization: Bearer {value}' https://api.example.com", (value,))
    value = _b64(f"app:{lot(24)}")
    yield Fake("basic", f"Authorization: Basic {value}", (value,))
    parts = (_url64('{"alg":"HS256","typ":"JWT"}'), _url64('{"sub":"42","name":"Bo"}'), lot(43, WORD))
    yield Fake("jwt", f"jwt = '{'.'.join(parts)}'", (parts[2],))
    value = f"{lot(9, string.digits)}:" + f"AA{lot(33, WORD)}"
    yield Fake("telegram", f"bot {value}", (value,))


def _assigned(lot: Lot) -> Iterator[Fake]:
    for dress in (
        'API_KEY = "{}"',
        "db_password: '{}'",
        '  "clientSecret": "{}",',
        "export APP_SECRET_KEY={}",
        "SESSION_TOKEN={}",
        "  password: {}",
        "aws_secret_access_key = {}",
        "api_key: |\n    {}",
        'secret_token = """{}"""',
        "-e DB_PASSWORD={} \\",
        '    "    \\"api_key\\": \\"{}\\"\\n",',
        "const accessKey = `{}`;",
        "the password is {}",
    ):
        value = lot(32)
        yield Fake(dress.format("…"), dress.format(value), (value,))


def _encoded(lot: Lot) -> Iterator[Fake]:
    token = "gh" + "p_" + lot(36)
    yield Fake("base64 token", f"  data: {_b64(token)}", (token, _b64(token)))
    line = f'password = "{lot(28)}"'
    yield Fake("base64 config", f"config: {_b64(line)}", (_b64(line),))
    yield Fake("base64 in kubernetes", f"  db-password: {_b64(value := lot(24))}", (value, _b64(value)))
