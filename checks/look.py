"""The one object a probe is given: the tree, git, and readers that parse each kind of file once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, cast

from checks import shared
from checks.cache.facts import FileFacts
from checks.children import allowance
from checks.digests import blake2b
from checks.files.listed import CODE_OF_PRODUCT, PYTHON, PYTHON_OF_PRODUCT, WEB, WEB_OF_PRODUCT, is_product, named_so
from checks.observation import Finding, Location, Proposal, Unread
from checks.once import GivenUpError
from checks.reads import CODE, GIT, MODULES, READABLE, SOURCES, TESTS, Noted, gathered, name_of, of_one_file

if TYPE_CHECKING:
    from checks.application.reach import Reach
    from checks.cache.store import Store
    from checks.complexity.measure import Complexity
    from checks.git import Git
    from checks.hotspots import Hotspots
    from checks.readers.containers import Containers
    from checks.readers.documents import Documents
    from checks.readers.manifests import Manifests
    from checks.readers.python import PythonCode
    from checks.readers.python_facts import PythonModule
    from checks.readers.web import WebCode
    from checks.readers.web_facts import WebModule
    from checks.readers.workflows import Workflows
    from checks.reads import OfOneFile, Question, Step
    from checks.semgrep.findings import AskedFindings, CodeFindings
    from checks.tree import Tree

Worked = TypeVar("Worked")

__all__ = ["PYTHON", "WEB", "Look", "is_product", "names_below"]


class Look:
    """What a probe may look at. Readers are parsed on first use and shared by all probes of a run.

    `noted` collects every file a reader could not read in full, with the reason; the report lists it as partial.
    """

    def __init__(
        self,
        tree: Tree,
        git: Git | None = None,
        code: CodeFindings | None = None,
        store: Store | None = None,
        too_slow: Collection[str] = (),
    ) -> None:
        self.tree = tree
        self.facts = FileFacts(tree, store)
        """What earlier looks worked out of single files."""
        self.reads = tree.reads
        """Who asked for which files."""
        self._git = git
        self.findings: list[Finding] = []
        self.noted: list[Unread] = Noted(self.reads)
        """`unread`, for who adds to it or tells it to people."""
        self._code = code
        self._store = store
        self.left_out: set[str] = set()
        """Files that were not measured, since a program wrote them by what they hold."""
        self._too_slow = too_slow
        self._done: dict[Callable[[Look], Any], Any] = {}
        self._steps: dict[Callable[[Look], Any], str] = {}
        self._said: dict[tuple[Callable[[Look, str, str], Any], str], dict[str, tuple[Any, bool, Step | None]]] = {}
        self._troubles: dict[tuple[OfOneFile, str], dict[str, list[Question]]] = {}
        """Files that could not be read in full for a question, with what was asked of their readers."""
        self._listed: dict[Question, tuple[str, ...]] = {}
        self._gathered: dict[
            tuple[Callable[[Look, str, str], Any], str, Question], tuple[dict[str, Any], list[str], tuple[Step, ...]]
        ] = {}
        self._silence: dict[tuple[type, bool], tuple[Any, bool, Step | None]] = {}
        self._said_before: dict[tuple[Callable[[Look, str, str], Any], str], Mapping[str, Any]] = {}
        self.recalled: Callable[[Callable[[Look, str, str], Any], str], Mapping[str, Any]] = _nothing
        """What files that did not change since said to a question in an earlier look; see `checks.cache.answers`."""
        self.take_up: Callable[[str], Set[str] | None] = _not
        """Counts as read what a step of `checks.reads.carried` read in that look, where it would read the same.

        Returns the files that it must take in anew; None where that is all of them.
        """
        self.anew: Collection[str] = ()
        """Files of which that look can tell nothing: to ask it of these alone takes longer than to read them."""

    @property
    def git(self) -> Git | None:
        """None outside a git repository, or where git is missing."""
        self.reads.ask_whole(GIT)
        return self._git

    @property
    def unread(self) -> list[Unread]:
        """The files that could not be read in full for who asks, so far, with the reasons."""
        return self.reads.unread_so_far()

    # -- code rules -------------------------------------------------------------------------------------------------

    @property
    def code(self) -> AskedFindings:
        """Semgrep's findings. Only probes of the CODE stage may ask: before it there is nothing to tell.

        Raises:
            RuntimeError: a probe of the FILES stage asked; declare it with `stage=Stage.CODE`.
        """
        from checks.semgrep.findings import AskedFindings

        if self._code is None:
            raise RuntimeError("code findings asked for before they exist: register the probe with stage=Stage.CODE")
        return AskedFindings(self._code, lambda rules: self.reads.ask_whole(f"{CODE}{rules}"))

    def code_digest(self, rules: str) -> str:
        """A digest of semgrep's matches of rules, split by spaces; with none, of what it read."""
        code = self._code
        said: object = None
        if code and rules:
            said = code.of(*rules.split())
        elif code:
            said = code.unread, sorted(code.left_out), code.trouble, code.tool
        return blake2b(repr(said).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

    def git_digest(self) -> str:
        """A digest of what git can say of the past; "" where there is no git."""
        return self._git.past() if self._git else ""

    def begin_code(self, code: CodeFindings) -> None:
        """Hand over semgrep's findings; the runner calls this once, before the probes of the CODE stage."""
        self._code = code

    @property
    def finished(self) -> Set[str]:
        """The shared work that was done to its end, by the names of its steps."""
        return {self._steps[work] for work in self._done}

    # -- work that probes share -------------------------------------------------------------------------------------

    def once(self, work: Callable[[Look], Worked]) -> Worked:
        """What `work` gives for this look, worked out when it is first asked for; see `checks.once`.

        Raises:
            GivenUpError: it is among the work that is too slow for this tree.
        """
        if work not in self._done:
            name = f"{work.__module__.rpartition('.')[2]}.{work.__name__}"
            if name in self._too_slow:
                raise GivenUpError(name)
            step = self._steps[work] = f"{work.__module__}.{work.__name__}"
            with allowance.shared(name), self.reads.step(step):
                self._done[work] = work(self)
        else:
            self.reads.used(self._steps[work])
        return cast(Worked, self._done[work])

    def answer_of(self, question: Callable[[Look, str, str], Worked], path: str, argument: str) -> Worked:
        """What one file alone says to a question: nothing else is read of it, whatever else its text holds.

        Args:
            question: One of `checks.reads.of_one_file`.
            path: The file.
            argument: What is asked for.
        """
        answer, was_read, leans_on = self.answered(question, argument, path)
        if leans_on is not None:
            self.reads.lean(leans_on)
        self._tell_troubles(question, argument, [path])
        # What its name alone settles does not depend on what it holds.
        if was_read:
            self.reads.told((name_of(question), argument), path, answer)
        return cast(Worked, answer)

    def answered(
        self, question: Callable[[Look, str, str], Any], argument: str, path: str
    ) -> tuple[Any, bool, Step | None]:
        """What a file says to a question, whether it was read for that, and what else was; it counts for nobody."""
        known = self._said.get((question, argument))
        if known is None:
            known = self._said[question, argument] = {}
        if path not in known:
            before = {} if path in self.anew else self._before(question, argument)
            told: tuple[Any, bool, Step | None]
            if path in before and self.tree.assume_read(path):
                told = before[path], True, None
            else:
                with self.reads.aside() as step:
                    answer = question(self, path, argument)
                leans = self.reads.leaned(name_of(question), step)
                if path in self.reads.troubled:
                    parsed = [(kind, READABLE) for kind in MODULES if path in step.asked.get((kind, READABLE), ())]
                    self._troubles.setdefault((question, argument), {})[path] = parsed
                told = answer, bool(step.asked), step if leans else None
            # Most files say nothing to most questions.
            known[path] = told if told[0] or told[2] else self._silence.setdefault((type(told[0]), told[1]), told)
        return known[path]

    def _tell_troubles(self, question: OfOneFile, argument: str, paths: Collection[str]) -> None:
        """Who asks rests on whether files can be read that could not be in full for the answer: the report says so."""
        for path, parsed in self._troubles.get((question, argument), {}).items():
            if path in paths:
                for one in parsed:
                    self.reads.ask(one, path)

    def _before(self, question: OfOneFile, argument: str) -> Mapping[str, Any]:
        if (question, argument) not in self._said_before:
            self._said_before[question, argument] = self.recalled(question, argument)
        return self._said_before[question, argument]

    def gather(
        self, question: Callable[[Look, str, str], Worked], argument: str = "", among: Question = CODE_OF_PRODUCT
    ) -> Mapping[str, Worked]:
        """What those of the files that are called so say to a question that say something, in path order.

        Who asks rests on these files alone, not on which others there are: so a file that is added and says nothing
        makes no difference. That there are files at all, or how many, must be asked otherwise.

        Args:
            question: One of `checks.reads.of_one_file`.
            argument: What is asked for.
            among: Files as of `checks.files.listed`.
        """
        asked, paths = (question, argument, among), self.listed(among)
        if asked not in self._gathered:
            every = {path: self.answered(question, argument, path) for path in paths}
            leaning = tuple(leans_on for _, _, leans_on in every.values() if leans_on is not None)
            found = {path: answer for path, (answer, _, _) in every.items() if answer}
            # What its name alone settles does not depend on what it holds.
            self._gathered[asked] = found, [path for path, (_, was_read, _) in every.items() if was_read], leaning
        found, read, leaning = self._gathered[asked]
        for step in leaning:
            self.reads.lean(step)
        self._tell_troubles(question, argument, read)
        self.reads.told_all((gathered(among, question), argument), read, found)
        return found

    def tell_gathered(
        self, question: OfOneFile, argument: str, found: Mapping[str, object], among: Question = CODE_OF_PRODUCT
    ) -> None:
        """Say of what was found otherwise that it is what `gather` finds, so that who uses it rests on no more."""
        self.reads.told_all((gathered(among, question), argument), self.listed(among), found)

    def answers_of(
        self,
        question: Callable[[Look, str, str], Worked],
        argument: str,
        at_once: Callable[[], Mapping[str, Worked]],
    ) -> Mapping[str, Worked]:
        """What those files of code of the product say to a question that say something, as `gather`; Python first.

        Args:
            question: One of `checks.reads.of_one_file`.
            argument: What is asked for.
            at_once: Gives what all of them say, where that takes less than to ask each: as nothing is known of most.
        """
        before, paths = self.recalled(question, argument), self.listed(PYTHON_OF_PRODUCT, WEB_OF_PRODUCT)
        rest = [path for path in paths if path not in before]
        found = {path: before[path] for path in paths if before.get(path) and self.tree.assume_read(path)}
        with self.reads.aside() as step:
            if before and len(rest) < len(before):
                found |= {path: said for path in rest if (said := question(self, path, argument))}
            else:
                found |= at_once()
        if self.reads.leaned(name_of(question), step):
            self.reads.lean(step)
        self.tell_gathered(question, argument, found)
        return {path: found[path] for path in paths if path in found}

    def read_what_decides(self) -> None:
        """Read what decides where web imports lead, where there is web code: then it counts as examined.

        A cold look reads it when an import asks for it, a warm one may know where all of them lead.
        """
        if any(path.endswith(WEB) for path in self.tree.every):
            with suppress(GivenUpError):
                self.once(shared.web_imports)

    def again(self) -> Look:
        """A look at the same files by which nothing was read yet."""
        other = Look(self.tree.again(), self._git, store=self._store)
        other.facts = self.facts.again(other.tree)
        return other

    def work_out(self, kind: str, path: str) -> None:
        """Have a reader take in one file, one of the kinds of `checks.reads.FACTS`."""
        match kind:
            case "python module":
                self.python.module(path)
            case "web module":
                self.web.module(path)
            case _:
                self.once(shared.measures).work_out(path)

    # -- what probes give back --------------------------------------------------------------------------------------

    def found(self, *findings: Finding) -> None:
        """Add findings to the report of this run."""
        self.findings.extend(findings)
        self.reads.found(*findings)

    # -- readers ----------------------------------------------------------------------------------------------------

    @property
    def python(self) -> PythonCode:
        """Facts about Python files: imports, functions, calls, handlers, routes."""
        return self.once(shared.python)

    @property
    def web(self) -> WebCode:
        """Facts about JavaScript, TypeScript and the script blocks of Vue, Svelte and Astro files."""
        return self.once(shared.web)

    def module(self, path: str) -> PythonModule | WebModule | None:
        """The facts of one file of code, Python or web; None where it could not be read."""
        return self.python.module(path) if path.endswith(PYTHON) else self.web.module(path)

    @property
    def manifests(self) -> Manifests:
        """Dependencies, lock files and named scripts of every ecosystem met."""
        return self.once(shared.manifests)

    @property
    def workflows(self) -> Workflows:
        """Continuous integration: workflows, jobs, steps, and the commands they really run."""
        return self.once(shared.workflows)

    @property
    def containers(self) -> Containers:
        """Dockerfiles, compose services, Kubernetes manifests, Terraform resources and platform files."""
        return self.once(shared.containers)

    @property
    def documents(self) -> Documents:
        """Markdown and reStructuredText documents by kind."""
        return self.once(shared.documents)

    @property
    def reach(self) -> Reach:
        """Which files the entry points reach through imports."""
        return self.once(shared.reach)

    @property
    def complexity(self) -> Complexity:
        """Complexity and maintainability of the application code."""
        return self.once(shared.complexity)

    @property
    def hotspots(self) -> Hotspots:
        """The functions and files of high complexity and churn."""
        return self.once(shared.hotspots)

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """The scope facts as this tree suggests them."""
        return self.once(shared.proposals)

    # -- helpers that keep probes short and honest --------------------------------------------------------------------

    def listed(self, *among: Question) -> tuple[str, ...]:
        """The files that are called so, of each kind in path order; asked by nobody: who asks has said so."""
        for one in among:
            if one not in self._listed:
                self._listed[one] = tuple(filter(named_so(one), self.tree.every))
        return tuple(path for one in among for path in self._listed[one])

    @property
    def written_by_programs(self) -> frozenset[str]:
        """Code that no probe of code judges: folders and files set apart by name, and files by what they hold."""
        from checks.files.kinds import set_apart

        named = frozenset(set_apart(path) for path in self.tree.ending(*PYTHON, *WEB))
        by_content = self._code.left_out if self._code else frozenset()
        return (named | by_content | self.left_out) - {""}

    def source_paths(self, *suffixes: str) -> tuple[str, ...]:
        """Application code, sorted: no tests, vendored or generated files, documentation sites or examples.

        Args:
            suffixes: `*look.PYTHON`, `*look.WEB`, or others such as ".sql"; none means all Python and web code.
        """
        self.reads.ask_listing(SOURCES, "\n".join(suffixes))
        return self.listed((SOURCES, "\n".join(suffixes)))

    def has_code(self) -> bool:
        """Whether there is any code of the product: who asks rests on one file of it alone."""
        first = next(iter(self.listed(CODE_OF_PRODUCT)), "")
        if not first:
            self.reads.ask_listing(*CODE_OF_PRODUCT)
        return bool(first) and self.tree.file(first) is not None

    def files_with(self, paths: Iterable[str], *words: str) -> Iterator[str]:
        """Those of `paths` whose text holds one of `words` in any case: to ask before a slow pattern is searched for.

        Args:
            paths: Files of the tree.
            words: In lower case; a pattern that is searched for afterwards must not match without one of them.
        """
        wanted = "\n".join(words)
        for path in paths:
            if self.answer_of(_has_one_of, path, wanted):
                yield path

    def sources_with(self, *words: str, among: Question = CODE_OF_PRODUCT) -> tuple[str, ...]:
        """Those of the files that are called so whose text holds one of `words` in any case: see `files_with`."""
        return tuple(self.gather(_has_one_of, "\n".join(words), among))

    def test_paths(self) -> tuple[str, ...]:
        """Python and web files that are named like tests, sorted; vendored and generated ones left out."""
        self.reads.ask_listing(TESTS)
        return self.listed((TESTS, ""))

    def importers(self, *packages: str, reached: bool = True) -> tuple[Location, ...]:
        """Where application code imports one of `packages` ("sentry_sdk", "@sentry/*", "google.genai").

        Args:
            packages: top-level or dotted Python names and npm names; a trailing "*" matches any ending.
            reached: leave out files that no entry point reaches. Files stay in when that cannot be told.
        """
        from checks.application.imported import files_importing, lines_importing

        places = {
            Location(path, line)
            for path in files_importing(self, packages)
            for line in lines_importing(self, path, packages)
        }
        return tuple(sorted(place for place in places if not reached or self.reach.reached(place.path) is not False))

    def depends_on(self, *names: str, dev: bool = False) -> tuple[Location, ...]:
        """Where a manifest declares one of `names` ("fastapi", "@opentelemetry/*"); run-time only unless `dev`."""
        return tuple(
            sorted(
                Location(item.path, item.line)
                for item in self.manifests.dependencies
                if (dev or not item.dev) and any(names_below(name, item.name, "/") for name in names)
            )
        )


def _not(_: str) -> Set[str] | None:
    return None


def _nothing(_: Callable[[Look, str, str], Any], __: str) -> Mapping[str, Any]:
    """What is recalled where nothing is kept."""
    return {}


@of_one_file
def _has_one_of(look: Look, path: str, words: str) -> bool:
    text = (look.tree.text(path) or "").lower()
    return any(word in text for word in words.split("\n"))


def names_below(wanted: str, name: str, separator: str) -> bool:
    """Whether `name` is `wanted` or lies below it ("google.genai" below "google"); "x*" matches any ending."""
    if wanted.endswith("*"):
        return name.startswith(wanted[:-1])
    return name == wanted or name.startswith(wanted + separator)
