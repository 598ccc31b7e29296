"""What happened to the workbook, replayed from git: no server, no log of our own."""

from workbook.history.movement import Move, Reason, moves
from workbook.history.replay import Point, at, point_now, replay
from workbook.history.trend import Turn, figure, sparkline, turns

__all__ = ["Move", "Point", "Reason", "Turn", "at", "figure", "moves", "point_now", "replay", "sparkline", "turns"]
