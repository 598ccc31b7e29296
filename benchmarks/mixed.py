"""Planted pairs put together or rewritten, so that the right answer follows without a new label.

    python -P -m benchmarks.mixed [--check moved] [--only llm. …] [--each 2] [--cases DIR]

A case of `tests/checks/pairs` that is told rightly by itself is told again after a change that must not turn the answer
("met" stays "met"), or after code was laid beside it that must not turn a gap into a "met":

    services     a clean service beside one with a gap: never "met", where the definition says "some" is partial
    moved        a clean case wholly below `backend/`, what belongs at the root left there: still "met"
    unreferenced a gap, and the sources of a clean case in a folder that nothing refers to: never "met"
    lookalike    a gap, and the sources of a clean case as text, copies and fenced code: never "met"
    manifest     a gap, and the dependencies of a clean case in its manifest: never "met"
    frontend     a clean case and a browser application that has no such need: still "met"
    spelling     a clean case with other line ends, or tabs and other quotes: still "met"

The cases are a sample, the same at each run. Each break is printed, then a row for each check: tried and broken.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from benchmarks.pairs import FOLDER, GAP, Case, judge, read_cases
from checks.observation import Outcome


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SOURCES = (".py", ".js", ".ts", ".tsx", ".jsx", ".mjs", ".cjs", ".mts")
SCRIPTS = SOURCES[1:]
# What names places of its own repository, so that its parts cannot be moved or laid together without a rewrite.
BOUND = _words(
    ".github/workflows .github/dependabot .gitlab .travis .circleci azure bitbucket .azure Jenkinsfile ci/ "
    "docker-compose compose. render.yaml fly. Makefile .env k8s deploy helm terraform infra vercel netlify turbo pnpm-w"
)
AT_ROOT = (".github/", ".gitignore", "LICEN", "CODEOWNERS", "SECURITY", "CHANGELOG", "README", "docs/", "renovate")
# Their definitions call it partial when one service has it and another with the same need has not.
SOME_IS_PARTIAL = _words(
    "db.no-string-sql db.n-plus-one db.statement-timeout db.pooling api.input-validation api.authentication "
    "api.rate-limiting api.security-headers api.upload-limits api.health-endpoint app.debug-off "
    "errors.not-swallowed calls.timeouts calls.retries obs.structured-logging obs.correlation-ids "
    "run.graceful-shutdown run.container run.non-root run.image-pinned run.k8s-probes scale.no-blocking-async "
    "llm.call-limits llm.call-logging llm.model-pinned llm.output-validated llm.failure-fallback "
    "llm.no-unsafe-output llm.prompt-injection llm.tools-scoped llm.loops-bounded llm.cost-tracking deps.locked "
    "secrets.none-in-code tests.assertion-quality obs.metrics obs.tracing db.migrations"
)
# Files that nothing imports are what these are about (tests, documents), or a share of all modules.
COUNTED_WHERE_THEY_LIE = _words(
    "tests.exist tests.integration tests.end-to-end tests.load tests.assertion-quality code.maintainability "
    "errors.not-swallowed llm.evaluation-set llm.prompts-versioned docs.architecture docs.requirements "
    "docs.readme api.docs ops.runbooks ops.slo ops.backups db.migrations"
)
# A second package asks for its own update job, changelog, lint job and flow tests by the letter of their definitions.
ASKED_OF_EACH_PACKAGE = _words(
    "deps.update-automation release.changelog ci.lint-and-types tests.end-to-end docs.readme"
)
FRONT_END = {
    "web/package.json": json.dumps(
        {
            "name": "web",
            "private": True,
            "type": "module",
            "scripts": {"dev": "vite", "build": "vite build"},
            "dependencies": {"react": "19.0.0", "react-dom": "19.0.0"},
            "devDependencies": {"@vitejs/plugin-react": "4.3.4", "typescript": "5.7.2", "vite": "6.0.7"},
        },
        indent=2,
    ),
    "web/index.html": '<div id="root"></div><script type="module" src="/src/main.tsx"></script>\n',
    "web/vite.config.ts": "import react from '@vitejs/plugin-react'\nimport { defineConfig } from 'vite'\n\n"
    "export default defineConfig({ plugins: [react()] })\n",
    "web/src/main.tsx": "import { createRoot } from 'react-dom/client'\nimport { App } from './App'\n\n"
    "createRoot(document.getElementById('root')!).render(<App />)\n",
    "web/src/App.tsx": "import { useState } from 'react'\n\nexport function App() {\n"
    "  const [open, setOpen] = useState(false)\n"
    "  return <button onClick={() => setOpen(!open)}>{open ? 'Hide the hours' : 'Show the hours'}</button>\n}\n",
}
UNUSED = ("legacy", "docs/snippets", "examples/demo", "packages/unused", "scripts/old", "tests/fixtures")


@dataclass(frozen=True, slots=True)
class Check:
    """One way to put cases together: what it makes of them (None: it does not apply) and what must come out."""

    make: Callable[[Case, Case, int], Case | None]
    gap: bool
    keeps: Callable[[Outcome], bool]
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()

    def asks(self, signal: str) -> bool:
        """Whether the definition of the signal decides the outcome."""
        return signal not in self.never and (self.only is None or signal in self.only)


def _bound(case: Case) -> bool:
    return any(name.startswith(tuple(BOUND)) for name in case.files)


def _below(case: Case, place: str) -> dict[str, str]:
    return {f"{place}/{name}": text for name, text in case.files.items()}


def _sources(case: Case) -> dict[str, str]:
    return {name: text for name, text in case.files.items() if name.endswith(SOURCES)}


def services(clean: Case, gap: Case, _turn: int) -> Case | None:
    """A clean service beside one with a gap; nothing where either is not told rightly in its folder."""
    if _bound(clean) or _bound(gap):
        return None
    alpha, beta = (
        replace(clean, files=_below(clean, "services/alpha")),
        replace(gap, files=_below(gap, "services/beta")),
    )
    if judge(alpha).seen is not Outcome.MET or judge(beta).seen not in GAP:
        return None
    return replace(clean, files={**alpha.files, **beta.files})


def moved(clean: Case, _gap: Case, _turn: int) -> Case | None:
    """All below `backend/`, but what belongs at the root."""
    if _bound(clean) or all(name.startswith(AT_ROOT) for name in clean.files):
        return None
    files = {name if name.startswith(AT_ROOT) else f"backend/{name}": text for name, text in clean.files.items()}
    return replace(clean, files=files)


def unreferenced(clean: Case, gap: Case, turn: int) -> Case | None:
    """The gap, and the sources of the clean case in a folder that nothing refers to."""
    place = UNUSED[turn % len(UNUSED)]
    added = {f"{place}/{name}": text for name, text in _sources(clean).items()}
    return replace(gap, files={**added, **gap.files}) if added else None


def lookalike(clean: Case, gap: Case, turn: int) -> Case | None:
    """The gap, and the sources of the clean case as fenced code and as copies that no tool reads."""
    added: dict[str, str] = {}
    for name, text in _sources(clean).items():
        ending = (".bak", ".txt", ".example", ".orig")[turn % 4]
        added[f"{name}{ending}"] = text
        added[f"notes/{Path(name).name}.md"] = f"An idea for later:\n\n```\n{text}\n```\n"
    return replace(gap, files={**added, **gap.files}) if added else None


def manifest(clean: Case, gap: Case, _turn: int) -> Case | None:
    """The gap, and the dependencies of the clean case in the manifest that both have."""
    files = dict(gap.files)
    if "package.json" in gap.files and "package.json" in clean.files:
        mine, theirs = json.loads(gap.files["package.json"]), json.loads(clean.files["package.json"])
        mine["dependencies"] = {**theirs.get("dependencies", {}), **mine.get("dependencies", {})}
        files["package.json"] = json.dumps(mine, indent=2)
    if "requirements.txt" in gap.files and "requirements.txt" in clean.files:
        lines = {
            **dict.fromkeys(gap.files["requirements.txt"].split("\n") + clean.files["requirements.txt"].split("\n"))
        }
        files["requirements.txt"] = "\n".join(lines) + "\n"
    return replace(gap, files=files) if files != gap.files else None


def frontend(clean: Case, _gap: Case, _turn: int) -> Case | None:
    """The clean case and a browser application that calls nothing."""
    return (
        None
        if any(name.startswith("web/") for name in clean.files)
        else replace(clean, files={**clean.files, **FRONT_END})
    )


def _respell(text: str) -> str:
    tabbed = re.sub(r"^(?:  )+", lambda indent: "\t" * (len(indent[0]) // 2), text, flags=re.MULTILINE)
    swapped = (
        line.translate(str.maketrans("'\"", "\"'")) if not ("'" in line and '"' in line) and "`" not in line else line
        for line in tabbed.split("\n")
    )
    return tabbed if "`" in text else "\n".join(swapped)


def spelling(clean: Case, _gap: Case, turn: int) -> Case | None:
    """Other line ends, or tabs and other quotes in scripts (every second case)."""
    files = dict(clean.files)
    for name, text in _sources(clean).items():
        files[name] = text.replace("\n", "\r\n") if turn % 2 else _respell(text) if name.endswith(SCRIPTS) else text
    return replace(clean, files=files) if files != clean.files else None


def _stays_met(seen: Outcome) -> bool:
    return seen is Outcome.MET


def _never_met(seen: Outcome) -> bool:
    return seen is not Outcome.MET


CHECKS = {
    "services": Check(services, True, _never_met, only=SOME_IS_PARTIAL),
    "moved": Check(moved, False, _stays_met, never=_words("deps.update-automation gov.license")),
    "unreferenced": Check(unreferenced, True, _never_met, never=COUNTED_WHERE_THEY_LIE),
    "lookalike": Check(lookalike, True, _never_met, never=COUNTED_WHERE_THEY_LIE),
    "manifest": Check(manifest, True, _never_met, never=frozenset({"deps.locked"})),
    "frontend": Check(frontend, False, _stays_met, never=ASKED_OF_EACH_PACKAGE),
    "spelling": Check(spelling, False, _stays_met),
}


@dataclass(slots=True)
class Count:
    """How many mixtures were tried and how many broke."""

    tried: int = 0
    broken: int = 0


def _kin(one: Case, other: Case) -> bool:
    return ("package.json" in one.files) == ("package.json" in other.files)


def couples(cases: Sequence[Case], seed: str) -> Iterator[tuple[Case, Case | None]]:
    """Each clean case beside a gap of the same language where there is one, in an order that is the same each run."""
    order = random.Random(seed)  # noqa: S311 - a sample, not a secret
    clean = [case for case in cases if case.expect == {Outcome.MET}]
    gaps = [case for case in cases if case.expect <= GAP]
    order.shuffle(clean)
    order.shuffle(gaps)
    for turn, case in enumerate(clean):
        kin = [gap for gap in gaps if _kin(case, gap)] or gaps
        yield case, kin[turn % len(kin)] if kin else None


def run(check: str, signal: str, cases: Sequence[Case], each: int, count: Count) -> None:
    """Try up to `each` mixtures of one signal and print what breaks."""
    way = CHECKS[check]

    @cache
    def told(index: int) -> Outcome:
        return judge(cases[index]).seen

    for turn, (clean, gap) in enumerate(couples(cases, signal)):
        base = gap if way.gap else clean
        tried_before = count.tried
        if base is None or (way.gap and told(cases.index(base)) not in GAP):
            continue
        if not way.gap and told(cases.index(base)) is not Outcome.MET:
            continue
        mixture = way.make(clean, base, turn)
        if mixture is None:
            continue
        seen = judge(mixture)
        count.tried = tried_before + 1
        if not way.keeps(seen.seen):
            count.broken += 1
            beside = f" + {base.name}" if way.gap else ""
            sys.stdout.write(f"{check} {signal}: {clean.name}{beside} [{turn}]: said {seen.seen}: {seen.summary}\n")
            sys.stdout.flush()
        each -= 1
        if not each:
            return


def main(argv: list[str] | None = None) -> int:
    """Print every break, then a row for each check."""
    parser = argparse.ArgumentParser(prog="benchmarks.mixed", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=Path, default=FOLDER)
    parser.add_argument("--check", nargs="*", default=list(CHECKS), choices=list(CHECKS))
    parser.add_argument("--only", nargs="*", default=[], metavar="PREFIX")
    parser.add_argument("--each", type=int, default=2, help="mixtures a signal in each check")
    chosen = parser.parse_args(argv)
    of_signal: dict[str, list[Case]] = {}
    for case in read_cases(chosen.cases, chosen.only):
        of_signal.setdefault(case.signal, []).append(case)
    counts = {check: Count() for check in chosen.check}
    for check, count in counts.items():
        for signal, cases in of_signal.items():
            if CHECKS[check].asks(signal):
                run(check, signal, cases, chosen.each, count)
    sys.stdout.write("\n| check | tried | broken |\n|---|---:|---:|\n")
    for check, count in counts.items():
        sys.stdout.write(f"| {check} | {count.tried} | {count.broken} |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
