from __future__ import annotations

PYPROJECT = """
[project]
name = "Acme_App"
dependencies = ["FastAPI>=0.1", "pkg==1.2"]
scripts = { acme = "acme.cli:main" }
[project.optional-dependencies]
dev = ["pytest"]
postgres = ["psycopg"]
[dependency-groups]
lint = ["ruff==0.1"]
[tool.poe.tasks]
check = ["lint", "types"]
types = "mypy acme"
[tool.poetry.group.dev.dependencies]
black = "^24"
"""


def test_python_manifests(look_at):
    look = look_at(
        {
            "pyproject.toml": PYPROJECT,
            "requirements.txt": (
                "# comment\nFlask_Cors==1.0  # why\n-r other.txt\ngit+https://example.com/x.git#egg=own\n"
            ),
            "requirements-dev.txt": "coverage\n",
            "setup.py": "from setuptools import setup\nsetup(install_requires=['old>=1'])\n",
        }
    )
    found = {item.name: item for item in look.manifests.dependencies}
    assert {name for name, item in found.items() if not item.dev} == {
        "fastapi",
        "pkg",
        "psycopg",
        "flask-cors",
        "own",
        "old",
    }
    assert {name for name, item in found.items() if item.dev} == {"pytest", "ruff", "black", "coverage"}
    assert (found["flask-cors"].pinned, found["fastapi"].pinned, found["pkg"].pinned) == (True, False, True)
    assert (found["flask-cors"].line, found["fastapi"].line) == (2, 4)
    assert look.manifests.packages[0].entries == ("acme.cli:main",)
    assert look.manifests.packages[0].name == "acme-app"


def test_node_and_other_manifests_and_locks(look_at):
    look = look_at(
        {
            "package.json": (
                '{"name": "x", "private": true, "main": "dist/a.js",\n "scripts": {"test": "vitest run"},\n'
                ' "dependencies": {"hono": "4.0.1", "zod": "^3"},\n "devDependencies": {"vitest": "1"}}'
            ),
            "package-lock.json": "{}",
            "node_modules/left/package.json": '{"dependencies": {"never": "1"}}',
            "api/go.mod": "module example.com/x\n\nrequire (\n\tgithub.com/a/b v1.2.3\n)\n",
            "Cargo.toml": '[dependencies]\nserde = "1"\n',
            "Gemfile": "gem 'rails', '~> 7'\n",
            "pom.xml": "<dependency><groupId>g</groupId><artifactId>spring</artifactId></dependency>",
            "uv.lock": "",
        }
    )
    manifests = look.manifests
    assert manifests.ecosystems == ("go", "java", "node", "ruby", "rust")
    assert manifests.names() == {"hono", "zod", "github.com/a/b", "serde", "rails", "spring"}
    assert {(lock.ecosystem, lock.path) for lock in manifests.locks} == {
        ("node", "package-lock.json"),
        ("python", "uv.lock"),
    }
    assert manifests.script("npm", "test").commands == ("vitest run",)
    assert {item.name: item.pinned for item in manifests.dependencies if item.ecosystem == "node"} == {
        "hono": True, "zod": False, "vitest": True,
    }  # fmt: skip


def test_named_scripts_of_every_runner(look_at):
    look = look_at(
        {
            "Makefile": ".PHONY: test\nX := 1\ntest: lint\n\t@pytest \\\n\t  tests\n\t-rm x\nlint:\n\truff check\n",
            "Taskfile.yml": (
                "version: 3\ntasks:\n  test:\n    deps: [lint]\n    dir: api\n    cmds:\n      - pytest\n"
                "      - task: more\n  more: echo hi\n"
            ),
            "justfile": "test: lint\n    pytest\nlint:\n    ruff check\n",
            "tox.ini": (
                "[tox]\nenvlist = py\n[testenv]\ncommands = pytest {posargs}\n[testenv:lint]\ncommands =\n"
                "  ruff check\n  - mypy .\n"
            ),
            "noxfile.py": "import nox\n@nox.session\ndef tests(session):\n    session.run('pytest', 'tests')\n",
            "pyproject.toml": PYPROJECT,
        }
    )
    found = {(item.runner, item.name): item for item in look.manifests.scripts}
    assert found["make", "test"].commands == ("pytest tests", "rm x || true")
    assert found["make", "test"].needs == ("lint",)
    assert found["task", "test"].commands == ("cd api && pytest", "cd api && task more")
    assert found["just", "test"].needs == ("lint",)
    assert found["tox", "lint"].commands == ("ruff check", "mypy . || true")
    assert found["nox", "tests"].commands == ("pytest tests",)
    assert found["poe", "check"].commands == ("lint", "poe types")
