"""Random state files: some nearly finished, some barely begun, some decided item by item."""

import tomllib
from datetime import date

from workbook.data import templates

TODAY = date(2026, 11, 20)
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
LISTS = {
    path.stem: tomllib.loads(path.read_text())["items"] for path in sorted((templates() / "checklists").glob("*.toml"))
}
CONTROLS = {
    name: table
    for path in sorted((templates() / "controls").glob("*.toml"))
    for name, table in tomllib.loads(path.read_text()).items()
}
SCOPE = sorted(tomllib.loads((templates() / "scope.toml").read_text()))
FACETS = {
    name: sorted(
        {item["facet"] for items in LISTS.values() for item in items if name in item["controls"] and item.get("facet")}
    )
    for name in CONTROLS
}
DOMAINS = [item["id"].rsplit(".", 1)[1] for item in LISTS["ten-gates"] if item["layer"] == "scorecard"]


def workbook(random):
    """A random state file. Some are nearly finished, some barely begun, some decided item by item."""
    ready = random.choice([0.999, 0.98, 0.9, 0.7, 0.3])
    gone = random.choice([0.0, 0.0, 0.005, 0.1, 0.6])
    stop = random.choice([0.0, 0.01, 0.2, 0.6])

    def status():
        if random.random() < gone:
            return "unanswered"
        if random.random() < ready:
            return random.choice(["ready"] * 9 + ["not-applicable"])
        return "blocker" if random.random() < stop else "needs-review"

    tables = {
        "workbook": {"profiles": random.sample(["paying-users", "pre-launch", "fundraising"], random.randrange(4))},
        "scope": {"by": ANA, "at": TODAY}
        | {name: random.random() < 0.9 for name in random.sample(SCOPE, random.randrange(len(SCOPE)))},
        "controls": {name: control(random, name, status()) for name in CONTROLS},
        "items": {},
        "measurements": measurements(random),
        "scores": {"ten-gates": scores(random)},
        "attested": {
            name: {"holds": random.random() < 0.5, "by": ANA}
            for name in ("core-logic-sound", "foundations-incompatible", "acceptance-on-staging")
            if random.random() < 0.5
        },
        "readings": readings(random),
    }
    if random.random() < 0.2:
        tables["workbook"]["frameworks"] = ["SOC 2"]
    if random.random() < 0.5:
        del tables["scope"]["by"]
    for items in LISTS.values():
        alone = random.choice([0.0, 0.02, 1.0])
        if alone == 1.0:
            ready, stop = random.choice([0.99, 0.8, 0.5]), random.choice([0.0, 0.02, 0.3])
            gone = random.choice([0.0, 0.0, 0.02, 0.2])
        for item in items:
            if random.random() < alone:
                worded = {"text": "0" * 12} if random.random() < 0.01 else {}
                tables["items"][item["id"]] = {"status": status(), "by": BO, "reason": "seen", **worded}
        if random.random() < 0.2:
            tables["items"] |= all_but_one_pillar(random, items)
    return tables


def all_but_one_pillar(random, items):
    """A list that is finished but for one pillar, where one item or more is open."""
    decided = {"by": BO, "reason": "seen"}
    pillar = random.choice(sorted({item["pillar"] for item in items}))
    inside = [item["id"] for item in items if item["pillar"] == pillar]
    left = random.sample(inside, random.randint(1, len(inside)))
    found = {item["id"]: {"status": "ready", **decided} for item in items}
    return found | {name: {"status": random.choice(["needs-review", "blocker"]), **decided} for name in left}


def control(random, name, status):
    table = {"status": status, "rung": "attested", "by": [ANA], "at": TODAY, "reason": "none of that here"}
    if random.random() < 0.02:
        table |= {"rung": "proposed", "proposed_by": "agent"}
    elif random.random() < 0.02:
        table |= {"rung": "verified", "verified_by": BO}
    if random.random() < 0.01:
        table["text"] = "0" * 12
    if FACETS[name] and random.random() < 0.3:
        table["facets"] = random.sample(FACETS[name], random.randint(1, len(FACETS[name])))
    return table


def measurements(random):
    pool = {
        "p95_s": ([1.99, 2, 2.5, 0.4], "s"),
        "p95_ms": ([1999, 2000, 450], "ms"),
        "alert.p95_ms": ([400, 500, 501], "ms"),
        "alert.p95_s": ([0.5, 0.51, 2, 2.1], "s"),
        "error_rate": ([0.5, 1, 3], "%"),
        "error_rate_5xx": ([0.0099, 0.01], "share"),
        "alert.error_rate": ([0.01, 0.03, 0.05, 0.06], "share"),
        "alert.error_rate_5xx": ([1, 3, 6], "percent"),
        "coverage_pct": ([79.9, 80, 80.1], "%"),
        "coverage": ([0.8, 0.81], "share"),
        "alert.utilization": ([80, 81], "%"),
        "alert.db_connection_utilization": ([0.8, 0.9], "share"),
        "rollback_s": ([59, 60], "s"),
        "rollback_min": ([0.9, 1], "min"),
        "load_multiple": ([9, 10, 12], "times"),
        "duration_min": ([25, 30], "min"),
        "corrupted_records": ([0, 0, 1], "records"),
        "instances": ([1, 2], "count"),
        "model_timeout_rate": ([0.4, 0.5], "%"),
        "response_s": ([0.8, 1.5, 2.5, 3.1], "s"),
        "tier1_share": ([69, 70, 80, 81], "%"),
    }
    few = random.choice([0.0, 0.0, 0.15, 0.9])
    return {
        name: {"value": random.choice(values), "unit": unit, "source": "made up"}
        for name, (values, unit) in pool.items()
        if random.random() < few
    }


def scores(random):
    level = random.choice([lambda: random.randint(0, 5), lambda: random.randint(3, 5), lambda: random.randint(4, 5)])
    missing = random.choice([0.0, 0.0, 0.1, 0.5])
    return {name: {"level": level(), "by": ANA} for name in DOMAINS if random.random() >= missing}


def readings(random):
    chosen = {
        "lenient_blockers": True,
        "critical_only": True,
        "regulated": random.random() < 0.5,
        "weights": {"1": random.randint(1, 4), "3": 2.5},
    }
    return {name: value for name, value in chosen.items() if random.random() < 0.15}
