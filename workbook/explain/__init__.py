"""What an id means, for every face: one record, and one renderer a sink, `as_text` and so on.

`record` the record, `gather` one name to its explanations, `catalogued` what the catalogue and the remedies say,
`found` findings and how they are named, `numbers` and `aids` what is compared and planned, `example` which example
fits.
"""

from workbook.explain.gather import explain, known_names
from workbook.explain.record import Explanation, Part, Shown

__all__ = ["Explanation", "Part", "Shown", "explain", "known_names"]
