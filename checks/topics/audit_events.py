"""Events of the product's own that say who caused them, told from single files.

Apart from the probe that asks, since it is asked of each file that changes, and the probe seldom runs then.
"""

from __future__ import annotations

import re

from checks.application.wiring import uncommented
from checks.look import Look
from checks.reads import of_one_file

_EVENT = re.compile(
    r"(?<!class )\b(?!\w*(?:[cC]alendar|[aA]nalytics|[pP]age|[vV]iew|[cC]lick|[tT]rack|[wW]ebhook|[sS]tripe|[uU]sage"
    r"|[dD]omain|Custom|Mouse|Keyboard|Server))"
    r"(?:[A-Z]\w*(?:Event|History|Activity)(?:\.objects\.a?create|\.create)?|[a-z]\w*(?:Event|History|Activity)\.create)\("
)
"""Where an event of the product's own is made, as in `OrderEvent.objects.create(` and `prisma.orderEvent.create(`."""
_CALLED = re.compile(r"(?:Event|History|Activity)(?:\.objects\.a?create|\.create)?\(")
"""How each of these ends: most files hold none, and to look back from every word takes a hundred times as long."""
_EVENT_HOLDS = (
    re.compile(r"\b(?:event_?|action_?)?(?:type|Type|action|kind)\s*[=:]"),
    re.compile(
        r"\b(?:user|actor|staff|performed_?by|created_?by|changed_?by|requestor)(?:_id|Id)?\s*[=:]", re.IGNORECASE
    ),
)
_LONGEST_EVENT = 600
"""Characters after its name in which an event's fields are looked for."""


@of_one_file
def event_in(look: Look, path: str, _: str) -> list[int]:
    """The line of a file's first event that is of a kind and names the one who caused it; none where there is none."""
    text = uncommented(look, path)
    for match in _EVENT.finditer(text) if _CALLED.search(text) else ():
        fields = text[match.end() : match.end() + _LONGEST_EVENT].partition("\n\n")[0]
        if all(one.search(fields) for one in _EVENT_HOLDS):
            return [text.count("\n", 0, match.start()) + 1]
    return []
