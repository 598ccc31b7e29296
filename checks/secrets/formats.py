"""What credentials look like: the public prefixes of providers as a table, and the shapes of the rest.

The prefixes are what providers document so that leaked keys can be recognized; the patterns are ours.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from checks.frozen import Frozen


class Format(Frozen):
    """One kind of credential. A text without any of the hints need not be searched.

    Group 1 of the pattern is the value, if there is one; else all of it.
    """

    kind: str
    hints: tuple[str, ...]
    text: str
    """Of the pattern."""
    is_word: bool = False
    """Whether whatever matches lies within one of the `LONG_WORDS` of a text, the hint with it."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when a text with one of the hints is met: few of them ever are."""
        return _compiled(self.text)


@cache
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)


def _prefixed(kind: str, prefixes: str, rest: str) -> Format:
    """A key that is a public prefix and random characters. `prefixes` are separated by blanks."""
    hints = tuple(prefixes.split())
    start = "|".join(map(re.escape, hints))
    return Format(kind, hints, rf"(?<![A-Za-z0-9])(?:{start}){rest}", is_word=True)


def _shaped(kind: str, hints: str, pattern: str) -> Format:
    return Format(kind, tuple(hints.split()), pattern, is_word=kind not in _WITH_OTHERS)


LONG_WORDS: Final = re.compile(r"[\w.~+/=@$:-]{20,}", re.ASCII)
"""Runs of the characters that keys are made of, no longer than the shortest key: little of a text is left of them."""
_WITH_OTHERS: Final = frozenset({"Discord webhook", "password in a URL"})
"""Kinds that take other characters too."""

# Possessive quantifiers stand behind single characters only: behind groups, Python before 3.11.4 matches them wrongly.
_WORD: Final = "[A-Za-z0-9_-]"
_PEM: Final = r"(?:(?!-----)[A-Za-z0-9+/=\s\\\"'`,:;.()@|>*#-]){0,12000}"
"""The inside of a key block, also as a string of several lines, in a diff, or with its line ends written as \\n."""

FORMATS: Final[tuple[Format, ...]] = (
    Format(
        "private key",
        ("PRIVATE KEY",),
        r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
        # In a diff the last line may begin with one more dash.
        rf"(?:{_PEM}-{{5,6}}END (?:[A-Z0-9]+ ){{0,3}}PRIVATE KEY(?: BLOCK)?-----"
        r"|(?:(?:\s|\\n|\\r|[\"'`,+>-])*[A-Za-z0-9+/=]{16,})*)",
    ),
    _prefixed("AWS access key id", "AKIA ASIA ABIA ACCA", r"[0-9A-Z]{16}\b"),
    _prefixed("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9]{36,}\b"),
    _prefixed("GitHub token", "github_pat_", r"[A-Za-z0-9_]{60,}\b"),
    _prefixed("GitLab token", "glpat- gldt- glrt- glptt- glcbt- glsoat- glft- glimt- glagent-", rf"{_WORD}{{20,}}\b"),
    _prefixed("Slack token", "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xapp-", r"[A-Za-z0-9-]{20,}"),
    _shaped(
        "Slack webhook",
        "hooks.slack.com",
        r"https://hooks\.slack\.com/(?:services/T[A-Z0-9]+/B[A-Z0-9]+|workflows/T[A-Z0-9]+/A[A-Z0-9]+/[0-9]+"
        r"|triggers/T[A-Z0-9]+/[0-9]+)/[A-Za-z0-9]{20,}",
    ),
    _shaped(
        "Discord webhook",
        "/api/webhooks/",
        rf"https://\S{{0,20}}discord(?:app)?\.com/api/webhooks/[0-9]+/{_WORD}{{40,}}",
    ),
    _shaped("Teams webhook", "webhook.office.com", r"https://[\w-]+\.webhook\.office\.com/webhookb2/[\w@/-]{60,}"),
    _prefixed("Google API key", "AIza", rf"{_WORD}{{35}}(?!{_WORD})"),
    _prefixed("Google client secret", "GOCSPX-", rf"{_WORD}{{28}}"),
    _prefixed("Google access token", "ya29.", rf"{_WORD}{{30,}}"),
    _prefixed("Anthropic key", "sk-ant-", rf"{_WORD}{{24,}}"),
    _shaped("OpenAI key", "sk-", rf"\bsk-(?!ant-)(?:proj-|svcacct-|admin-|or-v1-|lf-)?{_WORD}{{32,}}\b"),
    _prefixed("Hugging Face token", "hf_", r"[A-Za-z]{30,}\b"),
    _prefixed("Groq key", "gsk_", r"[A-Za-z0-9]{40,}"),
    _prefixed("Replicate token", "r8_", r"[A-Za-z0-9]{37}\b"),
    _prefixed("xAI key", "xai-", r"[A-Za-z0-9]{60,}"),
    _prefixed("Perplexity key", "pplx-", r"[A-Za-z0-9]{40,}"),
    _prefixed("Pinecone key", "pcsk_", r"[A-Za-z0-9_]{40,}"),
    _prefixed("LangSmith key", "lsv2_pt_ lsv2_sk_", r"[A-Za-z0-9_]{32,}"),
    _shaped("Stripe key", "k_live_ k_test_", r"\b[sr]k_(?:live|test)_[0-9A-Za-z]{20,}\b"),
    _prefixed("signing secret of a webhook", "whsec_", r"[A-Za-z0-9+/=]{24,}"),
    _shaped("PayPal token", "access_token$production$", r"access_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}"),
    _prefixed("Square token", "sq0csp- sq0atp- EAAAE", rf"{_WORD}{{22,}}"),
    _prefixed("Shopify token", "shpat_ shpss_ shpca_ shppa_", r"[0-9a-fA-F]{32}\b"),
    _shaped("SendGrid key", "SG.", r"\bSG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{30,}"),
    _shaped("Mailgun key", "key-", r"\bkey-[0-9a-f]{32}\b"),
    _shaped("Mailchimp key", "-us", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b"),
    _prefixed("Brevo key", "xkeysib- xsmtpsib-", r"[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    _shaped("Resend key", "re_", r"\bre_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,}\b"),
    _shaped("Twilio key", "SK", r"\bSK[0-9a-f]{32}\b"),
    _shaped("Telegram bot token", ":AA", r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    _shaped("Discord bot token", ".", r"\b[MNO][A-Za-z0-9_-]{23,26}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}\b"),
    _prefixed("npm token", "npm_", r"[A-Za-z0-9]{36}\b"),
    _prefixed("PyPI-style upload token", "pypi-AgE", rf"{_WORD}{{50,}}"),
    _prefixed("RubyGems key", "rubygems_", r"[0-9a-f]{48}\b"),
    _shaped("crates token", "cio", r"\bcio[A-Za-z0-9]{32}\b"),
    _prefixed("Docker token", "dckr_pat_ dckr_oat_", rf"{_WORD}{{27,}}"),
    _prefixed("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"[0-9a-f]{64}\b"),
    _prefixed("Heroku key", "HRKU-", rf"{_WORD}{{36,}}"),
    _prefixed("Fly token", "fm1a_ fm1r_ fm2_", r"[A-Za-z0-9+/=_-]{40,}"),
    _prefixed("Netlify token", "nfp_ nfc_ nfo_ nfu_", r"[A-Za-z0-9_]{36,}"),
    _prefixed("Vercel token", "vcp_ vci_ vca_ vcr_ vck_", r"[A-Za-z0-9]{24,}"),
    _prefixed("Supabase key", "sbp_ sb_secret_", r"[A-Za-z0-9_-]{22,}"),
    _prefixed("PlanetScale token", "pscale_tkn_ pscale_pw_ pscale_oauth_", r"[A-Za-z0-9_.=-]{32,}"),
    _prefixed("Doppler token", "dp.pt. dp.st. dp.ct. dp.sa.", r"[A-Za-z0-9._-]{40,}"),
    _prefixed("Vault token", "hvs. hvb. hvr.", rf"{_WORD}{{24,}}"),
    _shaped("Terraform token", ".atlasv1.", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}"),
    _shaped("Databricks token", "dapi", r"\bdapi[0-9a-f]{32}(?:-[0-9])?\b"),
    _shaped("Azure client secret", "8Q~ 7Q~", r"(?<![A-Za-z0-9])[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}"),
    _prefixed("Sentry token", "sntrys_ sntryu_", r"[A-Za-z0-9_+/=-]{40,}"),
    _prefixed("New Relic key", "NRAK- NRII- NRJS-", r"[A-Za-z0-9]{19,}"),
    _prefixed("Grafana token", "glc_ glsa_", r"[A-Za-z0-9_+/=]{32,}"),
    _prefixed("Dynatrace token", "dt0c01.", r"[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    _prefixed("Linear key", "lin_api_", r"[A-Za-z0-9]{40}"),
    _prefixed("Notion token", "ntn_", r"[A-Za-z0-9]{40,}"),
    _prefixed("Atlassian token", "ATATT3 ATCTT3", r"[A-Za-z0-9_=-]{60,}"),
    _prefixed("Figma token", "figd_", rf"{_WORD}{{40,}}"),
    _shaped("Airtable token", "pat", r"\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}\b"),
    _prefixed("Postman key", "PMAK-", r"[0-9a-f]{24}-[0-9a-f]{34}"),
    _prefixed("Artifactory key", "AKCp", r"[A-Za-z0-9]{60,}"),
    _prefixed("age key", "AGE-SECRET-KEY-1", r"[0-9A-Z]{58}"),
    _prefixed("1Password token", "ops_eyJ", r"[A-Za-z0-9_=-]{60,}"),
    _shaped(
        "JSON web token",
        "eyJ",
        r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{20,}",
    ),
    _shaped(
        "password in a URL",
        "://",
        r"\b[a-z][a-z0-9+]{2,20}://[^\s:/@'\"<>{}$]*:([^\s:/@'\"<>{}$]{6,})@[A-Za-z0-9.-]+",
    ),
    _shaped(
        "key in a connection string",
        "AccountKey= SharedAccessKey= SharedSecretValue=",
        r"(?:AccountKey|SharedAccessKey|SharedSecretValue)=([A-Za-z0-9+/]{40,}={0,2})",
    ),
)
"""Formats that only a credential has."""

_TELLING: Final = (
    r"(?:secret|passwd|password|passphrase|\bpwd|token|api_?-?key|access_?-?key|private_?-?key|account_?-?key"
    r"|signing_?-?key|encryption_?-?key|credential)"
)

_TELLING_HINTS: Final = (
    "secret passw passphrase pwd token credential "
    "_key -key apikey accesskey privatekey accountkey signingkey encryptionkey"
)
"""Not `key` alone, which nearly every file spells somewhere."""

LOOSE: Final[tuple[Format, ...]] = tuple(
    Format(kind, tuple(hints.split()), f"(?i){''.join(pieces)}")
    for kind, hints, *pieces in (
        (
            # .env, YAML, shell and running text: a telling name, and what looks drawn by lot. No quotes needed.
            "value after a telling name",
            _TELLING_HINTS,
            _TELLING,
            # Also inside JSON or TOML, where quotes and line ends have backslashes, once or several times.
            r"[a-z0-9_-]{0,40}\\{0,3}[\"']?\s{0,20}(?:=>|:=|=|:|\bis\b)\s{0,20}",
            r"(?:[|>][-+]?(?:\s|\\{1,3}n){1,200})?(?:\\{0,3}[\"'`]){0,3}",
            r"(?P<value>[^\s\"'`<>{}()\[\],;\\]{12,200}+)(?![({\[])",
        ),
        (
            "value of an option",
            _TELLING_HINTS,
            r"(?<![\w-])--?[a-z0-9-]{0,40}",
            _TELLING,
            r"[a-z0-9-]{0,40}\s{1,5}[\"']?(?P<value>[^\s\"'`<>{}()\[\],;\\]{12,200}+)",
        ),
        (
            "value of a request header",
            "bearer basic token",
            r"\b(?:bearer|basic|token)\s+(?P<value>[A-Za-z0-9._~+/=-]{20,}+)",
        ),
        (
            "value in the query of an address",
            "=",
            r"[?&;](?:[a-z0-9_-]*(?:token|secret|password|passwd|key|credential|signature)|sig|auth|code)",
            r"=(?P<value>[^&\s\"'`<>#\\]{12,400}+)",
        ),
        (
            "password in a connection string",
            "password pwd",
            r"(?:server|data source|host|user id|uid|user|database)\s*=[^\n\"']{0,200};\s*(?:password|pwd)\s*=",
            r"\s*(?P<value>[^;\s\"'`<>{}$]{6,200})",
        ),
        (
            "password in a connection string",
            "password pwd",
            r"\b(?:password|pwd)\s*=\s*(?P<value>[^;\s\"'`<>{}$]{6,200});[^\n\"']{0,200}",
            r"(?:server|data source|host|user id|uid|database)\s*=",
        ),
    )
)
"""Shapes that also ordinary code has now and then: good enough to keep a value off screen and disk, not to accuse.

They match in any case; their hints are in small letters.
"""

BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,8192}={0,2}(?![A-Za-z0-9+/_=-])", re.ASCII)
"""What may be an encoded credential; it is one when a format of the table shows up in what it encodes."""
