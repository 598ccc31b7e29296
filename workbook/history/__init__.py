"""What happened to the workbook, replayed from git: no server, no log of our own."""

from workbook.history.movement import Move, Reason, moves
from workbook.history.replay import Point, at, point_now, replay

__all__ = ["Move", "Point", "Reason", "at", "moves", "point_now", "replay"]
