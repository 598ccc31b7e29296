"""What scaffolds say for each stack: it parses, it is filled with what the tree shows, and it invents nothing."""

from __future__ import annotations

import ast
import re
from pathlib import Path, PurePosixPath

import pytest
import tree_sitter
import tree_sitter_javascript
import tree_sitter_typescript
import yaml

from checks.blanks import blanks
from workbook.catalogue import load_catalogue
from workbook.scaffold.registry import for_control, for_signal, scaffolds

STACKS = ("fastapi", "django", "flask", "express", "next", "streamlit", "empty")
JAVASCRIPT = tree_sitter.Language(tree_sitter_javascript.language())
TYPESCRIPT = tree_sitter.Language(tree_sitter_typescript.language_typescript())
ROOT = Path(__file__).resolve().parents[3]
CHECKLISTS = ("fifty-point", "six-gates", "seven-steps", "ten-gates", "prototype-gap")


def assert_parses(path, text):
    suffix = PurePosixPath(path).suffix
    if suffix == ".py":
        compile(ast.parse(text), path, "exec")
    elif suffix in {".yml", ".yaml"}:
        assert isinstance(yaml.safe_load(text), dict)
    elif suffix in {".js", ".ts"}:
        language = TYPESCRIPT if suffix == ".ts" else JAVASCRIPT
        assert not tree_sitter.Parser(language).parse(text.encode()).root_node.has_error
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "None" not in re.sub(r"-> None|, None\]", "", text)
    assert not re.search(r"\{%|\{#|\bjinja\b", text)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("decides", CHECKLISTS)
def test_every_scaffold_is_written_for_every_stack_and_parses(stacks, stack, decides):
    for name in scaffolds():
        plan = stacks[stack].plan(name, decides)
        assert_parses(plan.path, plan.text)
        assert plan.scaffold.complete or plan.blanks, f"{name} has nothing to fill in, and says nothing of it"


@pytest.mark.parametrize("stack", [one for one in STACKS if one != "empty"])
def test_what_is_complete_has_no_blank(stacks, stack):
    for name, scaffold in scaffolds().items():
        if scaffold.complete:
            assert not stacks[stack].plan(name).blanks, name


def test_the_portrait_tells_what_each_stack_is(stacks):
    fastapi = stacks["fastapi"].portrait
    (part,) = fastapi.parts
    assert (part.manager, part.install, part.test, part.version) == ("uv", "uv sync --locked", "uv run pytest", "3.12")
    assert (part.lint, part.types) == ("uv run ruff check .", "uv run mypy .")
    assert {one.path for one in fastapi.endpoints} == {"/api/orders", "/api/orders/{number}", "/api/summary"}
    assert fastapi.application == "app/main.py"
    assert (fastapi.port, fastapi.port_from) == (8080, "Dockerfile")
    assert (fastapi.providers, fastapi.models) == (("OpenAI",), ("gpt-4o-mini",))
    assert fastapi.databases == ("PostgreSQL",)
    assert [(one.name, one.image) for one in fastapi.containers] == [("api", ""), ("db", "postgres:16")]
    assert fastapi.startable == ("db",)
    assert [(one.name, one.owner) for one in fastapi.people] == [("Ana Example", "@ana-example")]

    assert stacks["django"].portrait.frameworks[0] == "django"
    assert stacks["django"].portrait.parts[0].test == "python manage.py test"
    assert stacks["flask"].portrait.parts[0].test == "python -m pytest"
    assert stacks["flask"].portrait.providers == ("Anthropic",)
    assert stacks["express"].portrait.port == 4000
    assert stacks["express"].portrait.parts[0].test == "npm run test"
    (chat,) = stacks["next"].portrait.parts
    assert (chat.manager, chat.test, chat.types) == ("pnpm", "pnpm run test", "npx tsc --noEmit")
    assert stacks["next"].portrait.platforms == ("vercel",)
    assert stacks["streamlit"].portrait.frameworks == ("streamlit",)
    assert not stacks["streamlit"].portrait.parts[0].test
    for stack in STACKS:
        assert stacks[stack].portrait.trouble == ""


def test_documents_are_filled_with_what_the_tree_shows(stacks):
    runbook = stacks["fastapi"].plan("runbook").text
    assert "# Runbook of Orders" in runbook
    assert "`docker compose logs --tail 100 api`" in runbook
    assert "on port 8080 (Dockerfile)" in runbook
    assert "## PostgreSQL does not answer" in runbook
    assert "## OpenAI is down" in runbook
    assert "OpenAI" not in stacks["express"].plan("runbook").text
    card = stacks["fastapi"].plan("ai-incident-card").text
    assert "`app/routes.py:" in card
    assert "`gpt-4o-mini`" in card
    assert "`vercel rollback`" in stacks["next"].plan("rollback-threshold").text
    assert "test `npm run test`" in stacks["express"].plan("agents").text


def test_load_tests_ask_the_routes_that_were_found_and_only_those_that_read(stacks):
    k6 = stacks["fastapi"].plan("k6").text
    assert '  "/api/orders",\n' in k6
    assert "//   GET /api/orders/{number}" in k6
    assert "//   POST /api/summary" in k6
    assert "http://localhost:8080" in k6
    locust = ast.parse(stacks["express"].plan("locust").text)
    (routes,) = [one.value for one in locust.body if isinstance(one, ast.Assign) and one.targets[0].id == "ROUTES"]
    assert ast.literal_eval(routes) == ["/items"]


def test_alert_rules_fire_at_the_numbers_of_the_deciding_checklist(stacks):
    def firing(decides):
        groups = yaml.safe_load(stacks["fastapi"].plan("alert-rules", decides).text)["groups"]
        return {rule["alert"]: rule["expr"] for group in groups for rule in group["rules"]}

    gates, steps, points = firing("six-gates"), firing("seven-steps"), firing("fifty-point")
    assert gates["TooManyErrors"].endswith("> 0.01")
    assert gates["TooSlow"].endswith("> 0.5")
    assert gates["AlmostFull"].endswith("> 0.8")
    assert steps["TooManyErrors"].endswith("> 0.05")
    assert steps["TooSlow"].endswith("> 2")
    assert steps["PoolAlmostEmpty"].endswith("> 0.8")
    # It states no number: a person chooses, and is told what others say.
    assert points["TooSlow"].endswith("[fill in: seconds; Seven steps says 2 s, Six gates says 0.5 s]")
    assert "ModelFails" in gates
    assert "ModelFails" not in yaml.safe_load(stacks["express"].plan("alert-rules").text)["groups"][0]["rules"]


def test_numbers_stand_with_the_name_of_the_checklist_that_asks_for_them(stacks):
    assert "below 2.5 s (Ten gates)" in stacks["fastapi"].plan("slo", "ten-gates").text
    assert "below 1 % (Ten gates)" in stacks["fastapi"].plan("slo", "ten-gates").text
    k6 = stacks["fastapi"].plan("k6", "seven-steps").text
    assert '["p(95)<2000"]' in k6
    assert '["rate<0.01"]' in k6
    # The advisory checklist serves where the deciding one gives none.
    assert '["p(95)<2000"]' in stacks["fastapi"].plan("k6", "fifty-point", "seven-steps").text


@pytest.mark.parametrize(
    ("stack", "path", "mounted"),
    [
        ("fastapi", "app/health.py", "app.include_router(health.router)"),
        ("flask", "health.py", "app.register_blueprint(health.routes)"),
        ("django", "library/health.py", 'path("livez", health.live)'),
        ("express", "health.js", "app.use(health)"),
        ("next", "src/app/api/health/route.ts", "as soon as this file is there"),
        ("streamlit", "docs/health-route.md", "/livez"),
        ("empty", "docs/health-route.md", "No web framework was found"),
    ],
)
def test_the_health_route_is_in_the_framework_and_says_how_to_mount_it(stacks, stack, path, mounted):
    plan = stacks[stack].plan("health")
    assert plan.path == path
    assert mounted in plan.text


def test_code_owners_are_people_that_git_knows_and_nobody_else(stacks):
    owners = stacks["fastapi"].plan("codeowners").text
    assert "\n* @ana-example\n/app/ @ana-example\n" in owners
    assert blanks(owners), "nobody was asked, so a person has to confirm"
    assert set(re.findall(r"@[\w-]+", re.sub(r"#.*", "", owners))) == {"@ana-example"}


def test_the_registry_names_only_controls_and_signals_that_exist_and_finds_them():
    catalogue = load_catalogue()
    for one in scaffolds().values():
        assert one.controls
        assert set(one.controls) <= set(catalogue.controls), one.name
        assert set(one.signals) <= set(catalogue.signals), one.name
        assert isinstance(one.complete, bool)
        assert {one.kind, *(form.kind for form in one.frameworks.values())} <= {
            "markdown", "yaml", "javascript", "typescript", "python", "owners",
        }  # fmt: skip
    assert [one.name for one in for_control("runbooks")] == ["runbook"]
    assert [one.name for one in for_signal("tests.load")] == ["k6", "locust"]
    assert [one.name for one in for_signal("ops.slo")] == ["slo", "sla"]
    assert for_control("rate-limiting") == ()
    assert for_control("human-code-review")[0].command == "readiness scaffold codeowners"


def test_the_page_about_scaffolds_lists_them_as_they_are():
    page = (ROOT / "docs" / "scaffolding.md").read_text("utf-8")
    table = page[page.index("<!-- table") : page.index("<!-- end of the table")].splitlines()[3:]
    for one, row in zip(scaffolds().values(), table, strict=True):
        read_by = ", ".join(one.signals) or "no probe"
        assert row == f"| `{one.name}` | `{one.path}` | {one.what} | {', '.join(one.controls)} | {read_by} |"
    at_once = {one.name for one in scaffolds().values() if one.complete}
    assert at_once == set(re.findall(r"`([\w-]+)`", page[page.index("Four need no") : page.index("A workflow that")]))


def test_every_template_belongs_to_a_scaffold():
    used = {
        form for one in scaffolds().values() for form in (one.template, *(f.template for f in one.frameworks.values()))
    }
    there = {path.name for path in (ROOT / "templates" / "documents").glob("*.jinja")}
    assert there - used == {"_rollback.md.jinja"}
    assert used <= there
