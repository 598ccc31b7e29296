"""The five models a second time, written from the scoring rules alone.

It shares nothing with the product but the catalogue's TOML: it works on plain dictionaries and, where the product
reasons about what can still happen, it tries everything that can.
"""

import tomllib
from collections import Counter
from itertools import chain

from workbook.data import templates

LISTS = {
    path.stem: tomllib.loads(path.read_text())["items"] for path in sorted((templates() / "checklists").glob("*.toml"))
}
CONTROLS = {
    name: table
    for path in sorted((templates() / "controls").glob("*.toml"))
    for name, table in tomllib.loads(path.read_text()).items()
}
GOOD = {"ready", "not-applicable"}


# From controls to items, by the reference


def standing(name, tables):
    """One of stop, none, absent, good, half (facets count) or open."""
    answer, scope = tables["controls"][name], tables["scope"]
    status = answer["status"]
    if status == "unanswered":
        when = CONTROLS[name].get("applies_when", "")
        facts = [scope.get(one) if "by" in scope else None for one in when.replace("|", "&").split("&")] if when else []
        denied = (
            any(fact is False for fact in facts)
            if "&" in when
            else bool(facts) and all(fact is False for fact in facts)
        )
        return "absent" if denied else "none"
    if status == "blocker":
        return "stop"
    if answer["rung"] == "proposed":
        return "open"
    if status == "needs-review":
        return "half"
    if answer.get("text"):
        return "open"
    return "absent" if status == "not-applicable" else "good"


ALIKE = {
    "p95": {"p95_s": 1, "p95_ms": 0.001},
    "errors": {"error_rate": 1, "error_rate_5xx": 1},
    "coverage": {"coverage_pct": 1, "coverage": 100},
    "rollback": {"rollback_s": 1, "rollback_min": 60},
}


def number(metric, tables, before=""):
    """A stored number in the unit of the metric, under its own name before any other."""
    family = next((one for one in ALIKE.values() if metric in one), {metric: 1})
    if metric == "db_connection_utilization":
        family = {metric: 1, "utilization": 1}
    for name in sorted(family, key=lambda one: one != metric):
        if found := tables["measurements"].get(before + name):
            value = found["value"]
            if found["unit"] in ("%", "percent") and name != "coverage_pct":
                value /= 100
            return round(value * family[name] / family[metric], 9)
    return None


def fails(item, tables):
    for clause in item.get("thresholds", []):
        if "metric" not in clause or "value" not in clause:
            continue
        limit, op = clause["value"], clause["op"]
        if clause["kind"] == "alert":
            fires = number(clause["metric"], tables, "alert.")
            if fires is not None and ((op[0] == ">" and fires > limit) or (op[0] == "<" and fires < limit)):
                return True
        elif clause["kind"] in ("required", "implied"):
            seen = number(clause["metric"], tables)
            if (
                seen is not None
                and not {
                    ">": seen > limit,
                    ">=": seen >= limit,
                    "<": seen < limit,
                    "<=": seen <= limit,
                    "=": seen == limit,
                }[op]
            ):
                return True
    return False


def state_of(item, tables):
    kinds = {name: standing(name, tables) for name in item["controls"]}
    half = {
        name
        for name, kind in kinds.items()
        if kind == "half" and item.get("facet") and item["facet"] in tables["controls"][name].get("facets", [])
    }
    if "stop" in kinds.values():
        own = "blocker"
    elif "none" in kinds.values() or not kinds:
        own = "unanswered"
    elif any(kind in ("half", "open") and name not in half for name, kind in kinds.items()) or fails(item, tables):
        own = "needs-review"
    else:
        own = "not-applicable" if set(kinds.values()) == {"absent"} else "ready"
    decided = tables["items"].get(item["id"])
    if decided is None:
        return own
    if "text" not in decided:
        return decided["status"]
    return "needs-review" if own in GOOD else own


def choices(states):
    """For each item the states it can end in."""
    return {
        name: [state] if state != "unanswered" else ["ready", "needs-review", "blocker"]
        for name, state in states.items()
    }


def reachable(states, key, outcome):
    """The outcomes of all completions; `key` says what an item's state changes, so that equal courses are one."""
    courses = {frozenset()}
    for name, options in choices(states).items():
        marks = {key(name, option) for option in options}
        courses = {course | {mark} if mark else course for course in courses for mark in marks}
    return {outcome(course) for course in courses}


# The models, by the reference


def group(name):
    return name.split(".", 1)[1].rsplit(".", 1)[0]


def deciding(slug, tables):
    return {item["id"]: state_of(item, tables) for item in LISTS[slug] if item.get("scored", True)}


def counted(states):
    tally = Counter(states.values())
    return {
        "hold": tally["blocker"] > 0,
        "not_applicable": tally["not-applicable"],
        "needs_review": tally["needs-review"],
        "blockers": tally["blocker"],
        "unanswered": tally["unanswered"],
    }


GATES = ["testing", "security", "scalability", "observability", "operations", "deployment"]


def six(tables):
    states = deciding("six-gates", tables)
    met = {name for name, state in states.items() if state in GOOD}
    gate = {
        name: next((n for n, s in enumerate(GATES, 1) if group(name) in (f"pr.{s}", f"g{n}")), 0) for name in states
    }
    printed = [name for name in states if group(name).startswith("pr.")]
    passed = [n for n in range(1, 7) if all(name in met for name in states if gate[name] == n)]
    still = [
        n for n in range(1, 7) if all(name in met or states[name] == "unanswered" for name in states if gate[name] == n)
    ]
    current = min((n for n in range(1, 7) if n not in passed), default=None)
    boxes = sum(name in met for name in printed)

    def kind(name, state):
        return "" if state in GOOD else "box" if name in printed else "detail" if gate[name] else "process"

    return (
        counted(states)
        | {
            "boxes": boxes,
            "of": 33,
            "printable_pass": boxes == 33,
            "gate_pass": len(passed) == 6,
            "gates_passed": len(passed),
            "highest_gates": len(still),
            "current_gate": current,
            "out_of_order": [n for n in passed if current and n > current],
            "lowest": boxes,
            "highest": boxes + sum(states[name] == "unanswered" for name in printed),
            "verdict": "incomplete"
            if "unanswered" in states.values()
            else six_outcome({kind(*one) for one in states.items()}),
            "can_end": reachable(states, kind, six_outcome),
        },
        lambda changed: six_outcome({kind(*one) for one in changed.items()}),
        states,
    )


def six_outcome(lacking):
    return next(
        (
            said
            for part, said in (("box", "not-passed"), ("detail", "list-only"), ("process", "repeat"))
            if part in lacking
        ),
        "passed",
    )


def run_of(tables):
    """pass, fail or invalid-run as measured; None while the run is not known."""
    staging = tables["attested"].get("acceptance-on-staging")
    load, minutes, errors, p95, corrupt = (
        number(name, tables) for name in ("load_multiple", "duration_min", "error_rate", "p95_s", "corrupted_records")
    )
    if staging is None or None in (load, minutes, errors, p95, corrupt):
        return None, []
    if not (staging["holds"] and load >= 10 and minutes >= 30):
        return "invalid-run", []
    bad = [
        name for name, holds in (("errors", errors < 0.01), ("p95", p95 < 2), ("integrity", corrupt == 0)) if not holds
    ]
    return ("fail", bad) if bad else ("pass", [])


def seven(tables):
    states = deciding("seven-steps", tables)
    steps = {name: state for name, state in states.items() if group(name) != "accept"}
    about = {name.rsplit(".", 1)[1]: state for name, state in states.items() if group(name) == "accept"}
    result, bad = run_of(tables)
    if result in (None, "pass"):
        bad = [name for name in ("errors", "p95", "integrity") if about[name] not in GOOD]
        if "unanswered" in about.values():
            result, bad = "", []
        elif about["ten-x-run"] not in GOOD:
            result, bad = "invalid-run", []
        else:
            result = "fail" if bad else "pass"
    lost = run_of(tables)[0] in ("fail", "invalid-run")
    done = [n for n in range(1, 8) if all(state in GOOD for name, state in steps.items() if group(name) == f"s{n}")]
    still = [
        n
        for n in range(1, 8)
        if all(state in {*GOOD, "unanswered"} for name, state in steps.items() if group(name) == f"s{n}")
    ]
    met = sum(state in GOOD for state in steps.values())
    points = {"errors": [2, 1], "p95": [4, 1], "integrity": [2, 4]}
    wanted = tables["workbook"]["profiles"]
    first = [
        step
        for name, pair in (("paying-users", [2, 4]), ("pre-launch", [3, 1]), ("fundraising", [6, 5]))
        if name in wanted
        for step in pair
    ]
    order = first + [step for step in range(1, 8) if step not in first]

    def outcome(lacking):
        return "not-ready" if lacking - {""} or lost else "ready"

    return (
        counted(states)
        | {
            "steps_done": len(done),
            "highest_steps": len(still),
            "items_met": met,
            "of": 46,
            "percent": round(100 * met / 46, 1),
            "ready": len(done) == 7 and result == "pass",
            "accept": result,
            "likely_steps": list(
                dict.fromkeys(chain(*(points[name] for name in ("errors", "p95", "integrity") if name in bad)))
            ),
            "order": order,
            "next_step": next((step for step in order if step not in done), None),
            "lowest": met,
            "highest": met + list(steps.values()).count("unanswered"),
            "verdict": "incomplete"
            if "unanswered" in states.values()
            else "ready"
            if len(done) == 7 and result == "pass"
            else "not-ready",
            "can_end": reachable(states, lambda _, state: "" if state in GOOD else "open", outcome),
        },
        lambda changed: "ready" if all(state in GOOD for state in changed.values()) else "not-ready",
        states,
    )


def fifty(tables):
    states = deciding("fifty-point", tables)
    chosen, facts = tables["readings"], {name: one["holds"] for name, one in tables["attested"].items()}
    regulated = chosen.get("regulated", bool(tables["workbook"].get("frameworks")))
    lenient = chosen.get("lenient_blockers", False)
    weights = {"1": 2, "2": 1, "3": 1, "4": 2, "5": 1} | chosen.get("weights", {})

    def promoted(name, state):
        return "blocker" if regulated and name.endswith(".33") and state == "needs-review" else state

    states = {name: promoted(name, state) for name, state in states.items()}
    score = sum(state in GOOD for state in states.values())
    stops = [name for name, state in states.items() if state == "blocker"]
    said = fifty_outcome(
        score, any(group(name) == "4" for name in stops), any(group(name) != "4" for name in stops), lenient
    )
    verdict = "incomplete" if "unanswered" in states.values() else said
    if facts.get("foundations-incompatible"):
        path = "rebuild"
    elif verdict == "ship":
        path = "ship"
    elif facts.get("core-logic-sound"):
        path = "refactor"
    else:
        path = {"harden": "harden", "hold": "harden"}.get(verdict, "assess")
    # Every completion: so many more points, a stop in pillar 4 or not, a stop elsewhere or not.
    courses = {(0, False, False)}
    for name, state in states.items():
        options = (
            {promoted(name, one) for one in ("ready", "needs-review", "blocker")} if state == "unanswered" else {state}
        )
        courses = {
            (
                points + (one in GOOD),
                four or (one == "blocker" and group(name) == "4"),
                other or (one == "blocker" and group(name) != "4"),
            )
            for points, four, other in courses
            for one in options
        }
    most = sum(weights[p] * 10 for p in weights)
    return (
        counted(states)
        | {
            "score": score,
            "of": 50,
            "band": "high" if score < 25 else "moderate" if score < 40 else "strong",
            "verdict": verdict,
            "path": path,
            "critical": any(group(name) == "4" for name in stops),
            "weighted_pct": round(
                100 * sum(weights[group(name)] for name, state in states.items() if state in GOOD) / most, 1
            ),
            "to_next_band": next((goal - score for goal in (25, 40) if score < goal), 0),
            "pillars_with_gaps": len({group(name) for name, state in states.items() if state not in GOOD}),
            "lowest": score,
            "highest": score + list(states.values()).count("unanswered"),
            "can_end": {fifty_outcome(*course, lenient) for course in courses},
        },
        lambda changed: fifty_outcome(
            sum(state in GOOD for state in changed.values()),
            any(state == "blocker" and group(name) == "4" for name, state in changed.items()),
            any(state == "blocker" and group(name) != "4" for name, state in changed.items()),
            lenient,
        ),
        states,
    )


def fifty_outcome(score, in_security, elsewhere, lenient):
    if in_security:
        return "do-not-launch"
    if elsewhere and not (lenient and score >= 40):
        return "hold"
    return "ship" if score >= 40 else "harden" if score >= 25 else "do-not-launch"


MINIMUM = dict.fromkeys(("security", "auth-access", "data-validation", "error-handling"), 4) | {
    **dict.fromkeys(("testing", "observability", "performance"), 3),
    "deployment": 4,
    "monitoring": 3,
    "cost-control": 4,
}


def ten(tables):
    levels = {name: one["level"] for name, one in tables["scores"]["ten-gates"].items()}
    narrow = tables["readings"].get("critical_only", False)
    bullets = {name: state for name, state in deciding("ten-gates", tables).items() if group(name) != "score"}
    below = [name for name in MINIMUM if name in levels and levels[name] < MINIMUM[name]]
    critical = [name for name in below if name in ("security", "auth-access")]
    missing = [name for name in MINIMUM if name not in levels]
    suggested = {}
    for gate, name in enumerate(MINIMUM, 1):
        of_gate = [state for item, state in bullets.items() if group(item) == str(gate)]
        applying = [state for state in of_gate if state != "not-applicable"]
        level = 5 * applying.count("ready") // len(applying) if applying else 5
        suggested[name] = min(level, MINIMUM[name] - 1) if "blocker" in of_gate else level

    def outcome(given):
        low = [name for name in given if given[name] < MINIMUM[name]]
        return "pause" if any(not narrow or name in ("security", "auth-access") for name in low) else "proceed"

    counts = counted(bullets)
    limits = {"p95_s": 2.5, "error_rate": 0.01, "model_timeout_rate": 0.005}
    return (
        counts
        | {
            "total": sum(levels.values()),
            "of": 50,
            "below": below,
            "critical_below": critical,
            "critical": bool(critical),
            "hold": counts["hold"] or outcome(levels) == "pause",
            "unanswered": len(missing),
            "suggested": suggested,
            "slo": {name: seen < limit for name, limit in limits.items() if (seen := number(name, tables)) is not None},
            "lowest": sum(levels.values()),
            "highest": sum(levels.values()) + 5 * len(missing),
            "verdict": "incomplete" if missing else outcome(levels),
            "can_end": {outcome(levels | dict.fromkeys(missing, level)) for level in (0, 5)},
        },
        lambda changed: "proceed" if all(state == "ready" for state in changed.values()) else "pause",
        {
            f"ten-gates.score.{name}": "unanswered"
            if name in missing
            else "blocker"
            if name in (critical if narrow else below)
            else "ready"
            for name in MINIMUM
        },
    )


def prototype(tables):
    states = deciding("prototype-gap", tables)
    full = {}
    for name, state in states.items():
        full[group(name)] = full.get(group(name), True) and state in GOOD
    said = {item["id"]: state_of(item, tables) for item in LISTS["prototype-gap"] if item["id"] in tables["items"]}
    said = {name: state for name, state in said.items() if "text" not in tables["items"][name]}
    signals = [name.rsplit(".", 1)[1] for name, state in said.items() if group(name) == "signal" and state == "ready"]
    questions = ("ai-expertise", "devops", "security", "timeline", "maintenance")
    gaps = [name for name in questions if said.get(f"prototype-gap.source.{name}") in ("needs-review", "blocker")]
    met = sum(state in GOOD for state in states.values())

    def outcome(lacking):
        return (
            "not-ready-to-plan" if "entry" in lacking else "in-transition" if "rest" in lacking else "production-ready"
        )

    def kind(name, state):
        return "" if state in GOOD else "entry" if group(name) == "entry" else "rest"

    return (
        counted(states)
        | {
            "items_met": met,
            "of": len(states),
            "entry": sum(state in GOOD for name, state in states.items() if group(name) == "entry"),
            "gaps_closed": sum(full[f"gap{n}"] for n in range(1, 6)),
            "architecture_done": sum(full[f"arch{n}"] for n in range(1, 7)),
            "security_ok": full["sec"],
            "steps_done": sum(full[f"step{n}"] for n in range(1, 8)),
            "current_step": next((n for n in range(1, 8) if not full[f"step{n}"]), None),
            "current_architecture_step": next((n for n in range(1, 7) if not full[f"arch{n}"]), None),
            "consider_custom_development": bool(signals),
            "consider_partner": "ai-expertise" in gaps or "timeline" in gaps,
            "skill_gaps": gaps,
            "lowest": met,
            "highest": met + list(states.values()).count("unanswered"),
            "verdict": "incomplete"
            if "unanswered" in states.values()
            else outcome({kind(*one) for one in states.items()}),
            "can_end": reachable(states, kind, outcome),
        },
        lambda changed: outcome({kind(*one) for one in changed.items()}),
        states,
    )


REFERENCE = {"six-gates": six, "seven-steps": seven, "fifty-point": fifty, "ten-gates": ten, "prototype-gap": prototype}
