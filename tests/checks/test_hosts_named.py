"""A host that only the README or a homepage names: what counts as a concrete sign, and what contradicts it."""

from __future__ import annotations

import pytest

from checks.application.hosts_named import instances_set_at, run_by_platform

NEXT = {
    "package.json": '{"name": "a", "dependencies": {"next": "15.0.0"}}',
    "app/page.tsx": "export default function Page() {\n  return <p />;\n}\n",
}
LIVE = {"README.md": "# A\n\nLive demo: https://a-sample.vercel.app\n"}
STREAMLIT = {"requirements.txt": "streamlit\n", "app.py": "import streamlit as st\n\nst.title('A')\n"}


@pytest.mark.parametrize(
    ("files", "host"),
    [
        (NEXT | LIVE, "Vercel"),
        (NEXT | {"README.md": "[Deploy](https://vercel.com/new/clone?repository-url=x)\n"}, "Vercel"),
        (NEXT | {"README.md": "Website: <https://a.pages.dev>\n"}, "Cloudflare"),
    ],
)
def test_a_button_or_a_live_address_names_the_platform(look_at, files, host) -> None:
    named, places = run_by_platform(look_at(files))
    assert (named, bool(places)) == (host, True)


@pytest.mark.parametrize(
    "files",
    [
        NEXT | {"README.md": "Deploy it to Vercel, at vercel.com.\n"},
        NEXT | {"README.md": "![stats](https://cards.vercel.app/api?username=ana)\n"},
        NEXT | {"README.md": "Inspired by the demo at https://other.vercel.app\n"},
        NEXT | {"README.md": "```\nLive: https://a.vercel.app\n```\n<!--\nLive: https://a.vercel.app\n-->\n"},
        NEXT | {"README.md": "Live: https://a.vercel.app.evil.example.com\n"},
        NEXT | LIVE | {"Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n"},
        NEXT | LIVE | {"fly.toml": "app = 'a'\n"},
        NEXT | {"README.md": "Live: https://a.vercel.app\n\nThe API is live at https://a.onrender.com\n"},
        NEXT | LIVE | {"main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n"},
        NEXT | LIVE | {"package.json": '{"name": "a", "dependencies": {"next": "15.0.0", "socket.io": "4.0.0"}}'},
        LIVE | {"package.json": '{"name": "a", "dependencies": {"express": "4.0.0"}}', "index.js": "run();\n"},
        STREAMLIT | LIVE,
        STREAMLIT | {"README.md": "[![x](https://s.example.com/b.svg)](https://a.streamlit.app/)\n"},
        STREAMLIT | {"README.md": "---\ntitle: A\nsdk: streamlit\n---\n"},
    ],
)  # fmt: skip
def test_prose_pictures_and_contradictions_name_none(look_at, files) -> None:
    assert run_by_platform(look_at(files)) == ("", [])


def test_a_host_that_starts_servers_is_not_one_that_runs_it_all(look_at) -> None:
    files = {
        "README.md": "[Deploy](https://render.com/deploy?repo=x)\n",
        "app.py": "from flask import Flask\n\na = Flask('a')\n",
    }
    look = look_at(files)
    assert run_by_platform(look) == ("", [])
    assert instances_set_at(look)[0] == "Render"
