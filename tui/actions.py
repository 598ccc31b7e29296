"""Everything a key can do, as data: key bindings, footer, palette and help are made from this one list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do on a screen.

    Attributes:
        place: the screen it belongs to, a key of `PLACES`.
        keys: the keys, first one shown; every key that terminals may eat has a plain alternative.
        method: the Textual action it runs.
        label: the word in the footer.
        about: the sentence in help and palette.
        footer: whether it is worth its place in the footer.
        palette: whether it is worth a line in the palette; going up, down and back is not.
    """

    place: str
    keys: str
    method: str
    label: str
    about: str
    footer: bool = True
    palette: bool = True

    @property
    def id(self) -> str:
        """Its name in the keymap of the settings: "board.plan"."""
        return f"{self.place}.{self.label.replace(' ', '-').replace(chr(39), '')}"


def _quiet(place: str, keys: str, method: str, label: str, about: str) -> Action:
    """An action that stands in help and docs only: moving about, and the answers that are on screen anyway."""
    return Action(place, keys, method, label, about, footer=False, palette=False)


PLACES = {
    "everywhere": "Everywhere",
    "first-look": "First look",
    "need": "Need and scope",
    "answering": "A question: guide and detail",
    "guide": "Guide",
    "board": "Board",
    "pillar": "A pillar",
    "search": "Search",
    "filters": "Filters: in the search and on the board",
    "page": "Plan, findings, history, checklists, warnings",
    "plan": "Plan",
    "findings": "Findings",
    "choices": "First look, need and scope: going on",
    "list": "Lists",
    "entries": "What else can be entered: m lists it, or Shift and its letter",
    "control-entries": "What else can be entered for one question",
    "form": "Forms",
    "listing": "Numbers, levels, facts, decisions, standoffs, the session",
    "levels": "Levels of the ten gates",
    "facts": "Attested facts",
    "running": "A command",
    "arriving": "A report of another tool",
    "beginning": "A form to begin with",
    "standoff": "Standoffs of two branches",
    "commit": "Commit",
    "clash": "Clash",
    "code": "Code, explanations, and the diff of a commit",
    "detail": "Everything about one question",
    "window": "Small windows: choices and lists",
    "line": "Small windows: a line of text",
    "help": "Help",
}
"""The places of actions, in the order help shows them, with their titles."""

ACTIONS: tuple[Action, ...] = (
    Action("everywhere", "question_mark,f1", "app.help", "help", "Every key, and what the words mean."),
    Action("everywhere", "slash", "app.search", "search", "Find a control by its words or its standing."),
    Action(
        "entries", "m", "app.more", "enter more", "Numbers, levels, facts, decision, people; owner, waiver, command …"
    ),
    Action("everywhere", "s", "app.save", "save", "Write the unsaved answers to readiness.toml."),
    Action("everywhere", "c", "app.commit", "commit", "Save and commit, with everybody who took part.", footer=False),
    Action(
        "everywhere", "u", "app.undo", "undo", "Take back the last answer, note or piece of evidence.", footer=False
    ),
    Action("everywhere", "r,ctrl+r", "app.redo", "redo", "Do again what was undone.", footer=False),
    Action("everywhere", "ctrl+p,colon", "app.command_palette", "palette", "All commands, by name.", footer=False),
    Action("everywhere", "Y", "app.copy", "copy", "Copy what is highlighted to the clipboard.", footer=False),
    Action("everywhere", "f9", "app.picture", "picture", "Keep this screen as an SVG picture.", footer=False),
    Action("everywhere", "ctrl+q,q", "app.leave", "leave", "Leave; asks first when something is unsaved."),
    Action("first-look", "escape", "stop", "stop looking", "Stop the probes; what they saw so far stays."),
    Action("first-look", "o,space", "open", "open code", "Show the code of the highlighted finding."),
    Action("first-look", "m", "more", "more", "Show all findings, or only the worst."),
    Action("first-look", "e", "export", "export text", "Write this first look as plain text to a file you name."),
    Action("need", "space", "change", "change", "Choose the highlighted line, or change yes, no, open."),
    Action("need", "escape", "dismiss_screen", "back", "Go back; nothing is kept.", palette=False),
    _quiet("answering", "y", "choose('y')", "yes", "It holds. Offers the evidence the probes saw."),
    _quiet("answering", "p", "choose('p')", "partly", "Some of it holds: an open gap."),
    Action(
        "answering", "n", "choose('n')", "no", "It does not hold: an open gap, or it stops the launch.", footer=False
    ),
    Action(
        "answering", "d", "choose('d')", "don't know", "Nobody here can tell: an open gap to look into.", footer=False
    ),
    _quiet("answering", "x", "choose('x')", "doesn't apply", "It does not concern this product; asks for the reason."),
    Action("answering", "e", "attach", "evidence", "Attach a link, a file, or say where the evidence lives."),
    Action("answering", "t", "note", "note", "Write a note of your own to the answer."),
    Action("answering", "o", "open", "open code", "Show more of the code the probes point at."),
    Action(
        "answering", "E", "explain", "explain", "What it means, how it is looked at, the fix by example.", footer=False
    ),
    Action("answering", "w", "fold", "ready when", "Fold or unfold when the answer may be yes.", footer=False),
    _quiet("answering", "j,down", "scroll_body(1)", "down", "Scroll down."),
    _quiet("answering", "k,up", "scroll_body(-1)", "up", "Scroll up."),
    _quiet("answering", "pagedown", "page_body(1)", "page down", "Scroll down by a page."),
    _quiet("answering", "pageup", "page_body(-1)", "page up", "Scroll up by a page."),
    Action(
        "guide",
        "right,l,right_square_bracket",
        "step(1)",
        "next",
        "Go to the next question without answering.",
        palette=False,
    ),
    Action("guide", "left,h,left_square_bracket", "step(-1)", "previous", "Go back one question.", palette=False),
    Action("guide", "a", "all", "all questions", "Every question in a list.", footer=False),
    Action("guide", "i", "detail", "details", "Everything about this control.", footer=False),
    Action("guide", "b,escape", "dismiss_screen", "board", "To the board: pillars, verdict, what next."),
    Action("board", "g", "guide", "guide", "One question a screen, what matters most first."),
    Action("board", "p", "plan", "plan", "What to do next, and the order of all that is open."),
    Action("board", "f", "findings", "findings", "Everything the probes found, and where complex code often changes."),
    Action("board", "h", "history", "history", "The trend, and why it moved."),
    Action("board", "v", "checklists", "checklists", "All checklists side by side, and where they disagree."),
    Action("board", "l", "probe", "look again", "Run the probes again.", footer=False),
    Action("board", "w", "warnings", "warnings", "Entries of the state files that cannot be used.", footer=False),
    Action("board", "escape", "stop", "show all, stop", "Show all again where a filter holds; else stop the probes."),
    Action("board", "n", "need", "scope", "The facts about the product.", footer=False),
    Action("board", "a", "all", "all pillars", "Show every pillar even when nearly all is red.", footer=False),
    *(
        Action("filters", key, f"filter('{name}')", name, f"Go through the filter {name}: {about}.", footer=False)
        for key, name, about in (
            ("f2", "standing", "what counts now, as open gap or needs a fresh look"),
            ("f3", "severity", "how much a no weighs"),
            ("f4", "owner", "who closes the gap"),
            ("f5", "checklist", "which of the chosen checklists asks"),
            ("f6", "changed", "what moved in this session or through the code"),
            ("f7", "area", "security, quality, delivery and so on"),
        )
    ),
    Action("search", "f8", "keep", "keep on board", "Keep the board's list at what was found."),
    Action("search", "escape", "back", "back", "Close the search; nothing is kept.", palette=False),
    _quiet("search", "down", "move(1)", "down", "Down one line while typing."),
    _quiet("search", "up", "move(-1)", "up", "Up one line while typing."),
    Action("pillar", "g", "guide", "guide", "Ask the highlighted question in the guide."),
    Action("pillar", "escape,b", "dismiss_screen", "back", "Back to the board.", palette=False),
    Action("page", "escape,b", "dismiss_screen", "back", "Back to where you came from.", palette=False),
    Action("page", "g", "guide", "guide", "Ask the highlighted control in the guide.", footer=False),
    Action(
        "plan", "B", "begin", "begin form", "Show the document that the highlighted gap lacks; Enter there writes it."
    ),
    Action("findings", "o,space", "open", "open code", "Show the code of the highlighted finding."),
    Action("findings", "E", "explain", "explain", "What the highlighted finding means, and the fix with an example."),
    Action("choices", "enter", "screen.confirm", "continue", "Take everything as it stands and go on."),
    Action("list", "enter", "select", "open", "Open the highlighted line."),
    _quiet("list", "j,down", "cursor_down", "down", "Down one line."),
    _quiet("list", "G,end", "last", "last", "To the last line."),
    _quiet("list", "home", "first", "first", "To the first line."),
    _quiet("list", "ctrl+d,pagedown", "page_down", "page down", "A page down."),
    _quiet("list", "ctrl+u,pageup", "page_up", "page up", "A page up."),
    _quiet("list", "k,up", "cursor_up", "up", "Up one line."),
    Action("commit", "f2,ctrl+s", "commit", "commit", "Save and make the commit."),
    Action("commit", "f3", "show_diff", "diff", "Every line that the commit would change in our files."),
    Action("commit", "escape", "dismiss_screen", "back", "Go back without committing.", palette=False),
    *(
        Action("entries", key, f"app.enter('{what}')", word, about, footer=False)
        for key, what, word, about in (
            (
                "N",
                "numbers",
                "numbers",
                "Measurements with unit and source, held against every item that asks for them.",
            ),
            ("L", "levels", "levels", "The level of each of the ten gates, beside what the answers speak for."),
            ("A", "facts", "attested facts", "The yes-or-no facts that decision models ask a person for."),
            ("D", "decisions", "decision", "Go, no-go or conditional, with conditions and sign-offs; conditions met."),
            ("F", "report", "import report", "A report of another tool: what it says, then evidence and numbers."),
            ("P", "people", "people", "Who drives and who navigates."),
            ("S", "standoffs", "standoffs", "What a merge of two branches left for a person to decide."),
            ("Z", "summary", "session so far", "What this session answered, attached and disputed."),
        )
    ),
    *(
        Action("control-entries", key, f"app.enter('{what}')", word, about, footer=False)
        for key, what, word, about in (
            ("O", "owner", "owner", "Who closes the gap, and until when."),
            ("W", "waiver", "waive", "Accept the risk for a while: reason, owner, approver, last day."),
            ("V", "verification", "verify", "A second person confirms the answer, or its command is run again."),
            ("I", "override", "item", "Answer one item of a checklist over its controls."),
            ("H", "dispute", "hold against probe", "Say why the answer holds although a probe disagrees."),
            ("R", "command", "run command", "Run a command, watch it, and keep how it ended as evidence."),
            ("T", "drill", "timed drill", "Rehearse against the clock, by hand or with a command."),
            (
                "B",
                "beginning",
                "begin form",
                "The document it lacks, filled from your tree, blanks marked; shown first.",
            ),
        )
    ),
    Action("form", "f2,ctrl+s", "done", "keep it", "Enter what stands in the form."),
    Action("form", "escape", "put_off", "later", "Back; what you typed stands there again next time."),
    Action("form", "f5", "afresh", "afresh", "Throw away what was typed, and begin again.", footer=False),
    Action("listing", "escape,b", "dismiss_screen", "back", "Back to where you came from."),
    *(
        Action(
            "levels", str(level), f"level({level})", f"level {level}", f"Level {level} for the domain.", footer=False
        )
        for level in range(6)
    ),
    Action("facts", "y", "state(True)", "yes", "The highlighted fact is true."),
    Action("facts", "n", "state(False)", "no", "The highlighted fact is not true."),
    Action("running", "enter,y", "go", "run it", "Run what is shown; while a clock runs: stop it."),
    Action("running", "escape", "stop", "stop, back", "Stop the command; nothing is recorded. Before and after: back."),
    Action("arriving", "enter", "record", "record it", "Record what is shown; where there is nothing to record: back."),
    Action("arriving", "escape", "dismiss_screen", "back", "Back to the form; nothing is recorded."),
    _quiet("arriving", "j,down", "scroll_body(1)", "down", "Scroll down."),
    _quiet("arriving", "k,up", "scroll_body(-1)", "up", "Scroll up."),
    _quiet("arriving", "pagedown,space", "page_body(1)", "page down", "Scroll down by a page."),
    _quiet("arriving", "pageup", "page_body(-1)", "page up", "Scroll up by a page."),
    Action("beginning", "enter", "write", "write it", "Write what is shown as a new file; where nothing can be: back."),
    Action("beginning", "escape", "dismiss_screen", "back", "Back; nothing is written."),
    _quiet("beginning", "j,down", "scroll_body(1)", "down", "Scroll down."),
    _quiet("beginning", "k,up", "scroll_body(-1)", "up", "Scroll up."),
    _quiet("beginning", "pagedown,space", "page_body(1)", "page down", "Scroll down by a page."),
    _quiet("beginning", "pageup", "page_body(-1)", "page up", "Scroll up by a page."),
    Action("standoff", "m", "agree(False)", "keep ours", "What stands in the file here stays."),
    Action("standoff", "t", "agree(True)", "take theirs", "What the other branch said takes its place."),
    Action("clash", "m", "settle(True)", "keep mine", "Yours goes on top of theirs, for what is shown."),
    Action("clash", "t", "settle(False)", "take theirs", "Theirs stays, yours goes, for what is shown."),
    Action("clash", "M", "settle_rest(True)", "all mine", "Keep yours of this and all that follow."),
    Action("clash", "T", "settle_rest(False)", "all theirs", "Take theirs of this and all that follow."),
    Action(
        "clash",
        "escape",
        "dismiss_screen",
        "decide later",
        "Nothing is saved; your edits stay as a draft.",
        palette=False,
    ),
    Action("code", "escape", "dismiss_screen", "back", "Back to where you came from.", palette=False),
    _quiet("code", "j,down", "scroll_body(1)", "down", "Scroll down."),
    _quiet("code", "k,up", "scroll_body(-1)", "up", "Scroll up."),
    _quiet("code", "pagedown,space", "page_body(1)", "page down", "Scroll down by a page."),
    _quiet("code", "pageup", "page_body(-1)", "page up", "Scroll up by a page."),
    Action("detail", "escape,b", "dismiss_screen", "back", "Back to where you came from.", palette=False),
    _quiet("window", "escape", "cancel", "cancel", "Close the window; nothing is taken."),
    _quiet("line", "f4,ctrl+o", "edit", "editor", "Write a note in your own editor, named by VISUAL or EDITOR."),
    _quiet("help", "escape,question_mark,q,f1", "cancel", "close", "Back to where you came from."),
    _quiet("help", "j,down", "scroll_body(1)", "down", "Scroll down."),
    _quiet("help", "k,up", "scroll_body(-1)", "up", "Scroll up."),
    _quiet("help", "pagedown,space", "page_body(1)", "page down", "Scroll down by a page."),
    _quiet("help", "pageup", "page_body(-1)", "page up", "Scroll up by a page."),
)


INCLUDED: Mapping[str, tuple[str, ...]] = {
    "everywhere": ("entries",),
    "answering": ("control-entries",),
    "search": ("filters",),
    "board": ("filters",),
    "line": ("window",),
}
"""Places whose actions go along with those of another one."""


def bindings(*places: str) -> list[BindingType]:
    """The key bindings of the places, for a screen's or widget's `BINDINGS`."""
    return [
        Binding(action.keys, action.method, action.label, show=action.footer, tooltip=action.about, id=action.id)
        for place in places
        for action in ACTIONS
        if action.place in (place, *INCLUDED.get(place, ()))
    ]


def shown_keys(action: Action, keymap: Mapping[str, str] | None = None) -> str:
    """The keys of an action as people read them: "ctrl+q or q"; those of a keymap where it names others."""
    keys = (keymap or {}).get(action.id, action.keys)
    signs = {"question_mark": "?", "slash": "/", "colon": ":", "right_square_bracket": "]", "left_square_bracket": "["}
    names = {**signs, "right": "→", "left": "←", "up": "↑", "down": "↓", "escape": "Esc", "enter": "Enter"}
    names |= {"pagedown": "PgDn", "pageup": "PgUp"}
    return " or ".join(names.get(key, key) for key in keys.split(","))
