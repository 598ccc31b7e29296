"""Pictures of a workbook's state as inline SVG, each with the same content as text: one module a picture."""

from workbook.pictures.histogram import complexity_histogram
from workbook.pictures.hotspot_map import Spot, hotspot_map
from workbook.pictures.pillar_map import pillar_map
from workbook.pictures.score_split import score_split
from workbook.pictures.svg import Picture
from workbook.pictures.timeline import Span, timeline
from workbook.pictures.trend import Moment, trend
from workbook.pictures.verdict_bars import Bar, verdict_bars

__all__ = [
    "Bar",
    "Moment",
    "Picture",
    "Span",
    "Spot",
    "complexity_histogram",
    "hotspot_map",
    "pillar_map",
    "score_split",
    "timeline",
    "trend",
    "verdict_bars",
]
