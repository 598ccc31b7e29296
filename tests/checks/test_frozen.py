from __future__ import annotations

import copy
import pickle
from dataclasses import asdict as standard_asdict
from dataclasses import fields, is_dataclass
from dataclasses import replace as standard_replace
from functools import cached_property

import pytest
from pydantic import TypeAdapter, ValidationError

from checks.frozen import Frozen, asdict, field, replace


class Point(Frozen):
    x: int
    y: int = 0
    names: list[str] = field(default_factory=list)


class Verdict(Frozen, kw_only=True):
    score: int
    notes: tuple[str, ...] = ()


class Detailed(Verdict, kw_only=True):
    worst: str


class Remembering(Frozen):
    __slots__ = ("__dict__",)
    x: int

    @cached_property
    def doubled(self) -> int:
        return self.x * 2


def test_fields_come_by_place_or_by_name_and_defaults_fill_the_rest():
    assert Point(1) == Point(x=1, y=0, names=[])
    assert repr(Point(1, y=2)) == "Point(x=1, y=2, names=[])"
    assert Point(1).names is not Point(1).names


@pytest.mark.parametrize("wrong", [
    Point,
    lambda: Point(1, 2, [], 4),
    lambda: Point(1, x=2),
    lambda: Point(1, z=2),
    lambda: Verdict(1),
    lambda: Detailed(score=1),
])  # fmt: skip
def test_what_does_not_fit_is_refused_by_the_names_of_the_fields(wrong):
    with pytest.raises(TypeError, match=r"takes each of these once: \w+, "):
        wrong()


def test_nothing_can_be_changed_or_added():
    point = Point(1)
    for change in (lambda: setattr(point, "x", 2), lambda: setattr(point, "z", 2), lambda: delattr(point, "x")):
        with pytest.raises(AttributeError, match="cannot be changed"):
            change()
    assert point.x == 1
    assert not hasattr(point, "__dict__")


def test_records_are_equal_by_kind_and_content():
    class Other(Frozen):
        score: int
        notes: tuple[str, ...] = ()

    assert Verdict(score=1) == Verdict(score=1) != Verdict(score=2)
    assert Verdict(score=1) != Other(1)
    assert len({Verdict(score=1), Verdict(score=1), Other(1)}) == 2


def test_fields_of_the_base_come_first():
    assert asdict(Detailed(worst="a", score=1)) == {"score": 1, "notes": (), "worst": "a"}
    match Point(1, 2):
        case Point(1, y):
            assert y == 2
        case _:
            pytest.fail("no match by place")


def test_what_is_worked_out_once_is_kept():
    record = Remembering(2)
    assert record.doubled == 4
    assert record.__dict__ == {"doubled": 4}
    assert record == Remembering(2)


class Nested(Frozen):
    at: Point
    all: tuple[Point, ...] = ()
    by_name: dict[str, list[Point]] = field(default_factory=dict)


NESTED = Nested(Point(1), (Point(2, names=["b"]), Point(3)), {"c": [Point(4)]})


def test_records_inside_become_plain_data_as_well():
    assert asdict(NESTED) == standard_asdict(NESTED)
    assert asdict(NESTED)["by_name"] == {"c": [{"x": 4, "y": 0, "names": []}]}


@pytest.mark.parametrize("record", [Point(1, names=["a"]), Detailed(score=1, worst="a"), Remembering(3)])
def test_everyone_else_takes_a_record_for_a_dataclass(record):
    assert is_dataclass(record)
    first = fields(record)[0]
    assert asdict(record) == standard_asdict(record)
    changed = standard_replace(record, **{first.name: 9})
    assert changed == replace(record, **{first.name: 9})
    assert getattr(changed, first.name) == 9 != getattr(record, first.name)
    assert copy.deepcopy(record) == copy.copy(record) == pickle.loads(pickle.dumps(record)) == record  # noqa: S301  # our own
    assert TypeAdapter(type(record)).validate_python(asdict(record)) == record
    with pytest.raises(ValidationError, match=first.name):
        TypeAdapter(type(record)).validate_python(asdict(record) | {first.name: "no number"})


def test_fields_say_their_defaults_as_those_of_a_dataclass_do():
    _, y, names = fields(Point)
    assert y.default == 0
    assert names.default_factory is list
    assert [one.kw_only for one in fields(Detailed)] == [True, True, True]
