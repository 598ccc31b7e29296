from __future__ import annotations

import pytest

from checks.readers.web_facts import WebModule


def module(look, path: str) -> WebModule:
    found = look.web.module(path)
    assert found is not None
    return found


def test_calls_resolve_to_the_package_a_binding_came_from(look_at):
    look = look_at(
        {
            "src/llm.ts": "import OpenAI from 'openai';\nexport const client = new OpenAI({ timeout: 20 });\n",
            "src/use.ts": (
                "import { client as c } from './llm';\n"
                "async function go() { return await c.chat.completions.create({ max_tokens: 9, ...o }); }\n"
            ),
        }
    )
    assert module(look, "src/llm.ts").calls[0].keys == {"timeout": "20"}
    call = module(look, "src/use.ts").calls[0]
    assert look.web.trace(call) == "openai.default.chat.completions.create"
    assert (call.function, call.awaited, call.spread, call.keys) == ("go", True, True, {"max_tokens": "9"})


def test_a_same_named_function_of_another_library_keeps_its_own_package(look_at):
    look = look_at(
        {
            "a.ts": (
                "import { generateText } from './own';\ngenerateText();\nimport { streamText } from 'ai';\n"
                "streamText();\n"
            )
        }
    )
    assert [call.resolved for call in module(look, "a.ts").calls] == ["./own.generateText", "ai.streamText"]


@pytest.mark.parametrize(
    ("specifier", "path", "package"),
    [
        ("./b", "web/src/b.tsx", ""),
        ("./b.js", "web/src/b.tsx", ""),
        ("@/lib/c", "web/src/lib/c.ts", ""),
        ("#x/d", "web/other/d.ts", ""),
        ("@acme/ui", "packages/ui/src/index.ts", ""),
        ("@scope/pkg/deep", "", "@scope/pkg"),
        ("npm:zod@3", "", "zod"),
        ("https://esm.sh/@supabase/supabase-js@2", "", "@supabase/supabase-js"),
        ("./missing", "", ""),
    ],
)
def test_specifiers_resolve(look_at, specifier, path, package):
    look = look_at(
        {
            "web/tsconfig.json": '{ // comment\n "compilerOptions": {"paths": {"#x/*": ["./other/*"],},}, }',
            "web/src/a.ts": "",
            "web/src/b.tsx": "",
            "web/src/lib/c.ts": "",
            "web/other/d.ts": "",
            "packages/ui/package.json": '{"name": "@acme/ui", "main": "dist/index.js"}',
            "packages/ui/src/index.ts": "",
        }
    )
    assert look.web.resolver.resolve("web/src/a.ts", specifier) == (path, package)


def test_catches_say_what_they_do(look_at):
    bodies = {
        "": "empty",
        "console.error(e)": "logs",
        "throw e": "raises",
        "return null": "returns",
        "fix()": "handles",
    }
    source = "".join(f"function f{n}() {{ try {{ g() }} catch (e) {{ {body} }} }}\n" for n, body in enumerate(bodies))
    source += "p.catch(() => {});\np.catch(console.error);\n"
    found = [item.body for item in module(look_at({"a.js": source}), "a.js").catches]
    assert found == [*bodies.values(), "empty", "logs"]


def test_statements_after_return_show_nothing(look_at):
    look = look_at(
        {"a.ts": "function f() { return 1; tracer.start(); }\nfunction g() { return h(); function h() { real() } }"}
    )
    assert [call.callee for call in module(look, "a.ts").calls] == ["h", "real"]


def test_express_routes_middleware_and_unmounted_routers(look_at):
    look = look_at(
        {
            "server.js": (
                "const express = require('express');\nconst users = require('./users');\nconst app = express();\n"
                "app.use(helmet());\napp.use('/users', users);\n"
                "app.get('/health', (q, r) => r.send('ok'));\napp.listen(1);\n"
            ),
            "users.js": (
                "const express = require('express');\nconst router = express.Router();\n"
                "router.post('/', auth, create);\nmodule.exports = router;\n"
            ),
            "dead.js": (
                "const { Router } = require('express');\nconst router = Router();\n"
                "router.get('/dead', h);\nmodule.exports = router;\n"
            ),
        }
    )
    found = {route.path: route for route in look.web.routes(look.web.paths)}
    assert (found["/health"].methods, found["/health"].mounted) == (("GET",), True)
    assert "helmet()" in found["/health"].middleware
    users = found["/users"]
    assert (users.methods, users.middleware, users.mounted) == (("POST",), ("auth", "helmet()"), True)
    assert found["/dead"].mounted is False


def test_routes_by_place(look_at):
    look = look_at(
        {
            "app/api/(internal)/users/[id]/route.ts": (
                "export async function GET() {}\nexport const POST = async () => {};\n"
            ),
            "pages/api/hello.ts": "export default function handler(req, res) {}\n",
            "server/api/items.get.ts": "export default defineEventHandler(() => 1)\n",
            "src/routes/things/+server.ts": "export function GET() {}\n",
            "supabase/functions/chat/index.ts": (
                "import { serve } from 'https://deno.land/std@0.168.0/http/server.ts';\n"
                "serve(async () => new Response(''));\n"
            ),
            "supabase/functions/_shared/cors.ts": "export const x = 1\n",
        }
    )
    found = {(route.framework, route.methods, route.path) for route in look.web.routes(look.web.paths)}
    assert found == {
        ("next", ("GET",), "/api/users/[id]"),
        ("next", ("POST",), "/api/users/[id]"),
        ("next", (), "/api/hello"),
        ("nuxt", ("GET",), "/api/items"),
        ("sveltekit", ("GET",), "/things"),
        ("supabase", (), "/functions/v1/chat"),
    }


def test_vue_scripts_keep_their_lines(look_at):
    look = look_at(
        {
            "a.vue": (
                "<template>\n <a/>\n</template>\n<script setup lang='ts'>\nimport axios from 'axios'\n"
                "axios.get('/x')\n</script>\n"
            )
        }
    )
    found = module(look, "a.vue")
    assert [(call.resolved, call.line) for call in found.calls] == [("axios.default.get", 6)]


def test_jsx_attributes_environment_and_directives(look_at):
    look = look_at(
        {
            "a.tsx": (
                "'use client';\nconst k = process.env.KEY;\n"
                "export const A = () => <div dangerouslySetInnerHTML={{__html: k}}>Q&A, x</div>;\n"
            )
        }
    )
    found = module(look, "a.tsx")
    assert [(item.element, item.name) for item in found.attributes] == [("div", "dangerouslySetInnerHTML")]
    assert [item.name for item in found.environment] == ["KEY"]
    assert found.directives == ("use client",)
    assert found.complete


def test_syntax_errors_and_bundles_are_said(look_at):
    look = look_at({"broken.ts": "function ( { = ;\n", "bundle.js": "var a=1;" * 5000})
    assert not module(look, "broken.ts").complete
    assert look.web.module("bundle.js") is None
    assert {item.path for item in look.unread} == {"broken.ts", "bundle.js"}


@pytest.mark.parametrize(
    "source",
    [
        "const rows = await sql<{ id: string }[]>`select ${id} from t`\n",
        "const rows = await sql<Row[]>`\n  select\n`\nconst later = sql<Row<string>>`select 1`\n",
        "vi.mock('ai', async load => ({ ...(await load<typeof import('ai')>()), f: 1 }))\n",
        "const A = (): number => { const m = x as unknown as typeof import('./b'); return m.f(1) }\n",
    ],
)
def test_types_that_the_grammar_stumbles_over_hide_nothing(look_at, source):
    look = look_at({"a.ts": f"{source}run('end')\n"})
    found = module(look, "a.ts")
    assert found.complete
    assert found.calls[-1].callee == "run"
    assert found.calls[-1].line == source.count("\n") + 1
    if "sql<" in source:
        assert "sql" in {call.callee for call in found.calls}


def test_what_is_wrong_stays_partly_understood(look_at):
    look = look_at({"a.ts": "const rows = sql<Row[]>`select 1`\nconst = = {{ 3\n"})
    assert not module(look, "a.ts").complete


def test_a_file_of_another_language_is_no_module_and_is_not_said_to_be_read_in_part(look_at):
    look = look_at({"app.py": "def run(rows):\n    return [row for row in rows]\n", "notes.md": "# Notes\n"})
    assert look.web.module("app.py") is None
    assert look.web.module("notes.md") is None
    assert look.noted == []
