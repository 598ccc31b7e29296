"""Everything a key can do, as data: key bindings, footer, palette and help are made from this one list."""

from __future__ import annotations

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
    """

    place: str
    keys: str
    method: str
    label: str
    about: str
    footer: bool = True


PLACES = {
    "everywhere": "Everywhere",
    "first-look": "First look",
    "need": "Need and scope",
    "answering": "A question: guide and detail",
    "guide": "Guide",
    "board": "Board",
    "choices": "First look, need and scope: going on",
    "list": "Lists",
    "commit": "Commit",
    "clash": "Clash",
    "code": "Code",
}
"""The places of actions, in the order help shows them, with their titles."""

ACTIONS: tuple[Action, ...] = (
    Action("everywhere", "question_mark,f1", "app.help", "help", "Every key, and what the words mean."),
    Action("everywhere", "slash", "app.search", "search", "Find a control by its words or its standing."),
    Action("everywhere", "s", "app.save", "save", "Write the unsaved answers to readiness.toml."),
    Action("everywhere", "c", "app.commit", "commit", "Save and commit, with everybody who took part.", footer=False),
    Action("everywhere", "u", "app.undo", "undo", "Take back the last answer, note or piece of evidence."),
    Action("everywhere", "r,ctrl+r", "app.redo", "redo", "Do again what was undone.", footer=False),
    Action("everywhere", "ctrl+p,colon", "app.command_palette", "palette", "All commands, by name.", footer=False),
    Action("everywhere", "ctrl+q,q", "app.leave", "leave", "Leave; asks first when something is unsaved."),
    Action("first-look", "escape", "stop", "stop looking", "Stop the probes; what they saw so far stays."),
    Action("first-look", "o,space", "open", "open code", "Show the code of the highlighted finding."),
    Action("first-look", "m", "more", "more", "Show all findings, or only the worst."),
    Action("first-look", "e", "export", "export text", "Write this first look as plain text to a file you name."),
    Action("need", "space", "change", "change", "Choose the highlighted line, or change yes, no, open."),
    Action("need", "escape", "dismiss_screen", "back", "Go back; nothing is kept."),
    Action("answering", "y", "choose('y')", "yes", "It holds. Offers the evidence the probes saw.", footer=False),
    Action("answering", "p", "choose('p')", "partly", "Some of it holds: an open gap.", footer=False),
    Action(
        "answering", "n", "choose('n')", "no", "It does not hold: an open gap, or it stops the launch.", footer=False
    ),
    Action(
        "answering", "d", "choose('d')", "don't know", "Nobody here can tell: an open gap to look into.", footer=False
    ),
    Action(
        "answering",
        "x",
        "choose('x')",
        "doesn't apply",
        "It does not concern this product; asks for the reason.",
        footer=False,
    ),
    Action("answering", "e", "attach", "evidence", "Attach a link, a file, or say where the evidence lives."),
    Action("answering", "t", "note", "note", "Write a note of your own to the answer."),
    Action("answering", "o", "open", "open code", "Show more of the code the probes point at."),
    Action("answering", "w", "fold", "ready when", "Fold or unfold when the answer may be yes.", footer=False),
    Action("answering", "j,down", "scroll_body(1)", "down", "Scroll down.", footer=False),
    Action("answering", "k,up", "scroll_body(-1)", "up", "Scroll up.", footer=False),
    Action("guide", "right,right_square_bracket", "step(1)", "next", "Go to the next question without answering."),
    Action("guide", "left,left_square_bracket", "step(-1)", "previous", "Go back one question."),
    Action("guide", "a", "all", "all questions", "Every question in a list.", footer=False),
    Action("guide", "i", "detail", "details", "Everything about this control.", footer=False),
    Action("guide", "b,escape", "dismiss_screen", "board", "To the board: pillars, verdict, what next."),
    Action("board", "g", "guide", "guide", "One question a screen, what matters most first."),
    Action("board", "p", "probe", "look again", "Run the probes again."),
    Action("board", "escape", "stop", "stop looking", "Stop the probes.", footer=False),
    Action("board", "f", "first_look", "findings", "What the probes found.", footer=False),
    Action("board", "n", "need", "scope", "The facts about the product.", footer=False),
    Action("board", "a", "all", "all pillars", "Show every pillar even when nearly all is red.", footer=False),
    Action("choices", "enter", "screen.confirm", "continue", "Take everything as it stands and go on."),
    Action("list", "enter", "select", "open", "Open the highlighted line."),
    Action("list", "j,down", "cursor_down", "down", "Down one line.", footer=False),
    Action("list", "k,up", "cursor_up", "up", "Up one line.", footer=False),
    Action("commit", "f2,ctrl+s", "commit", "commit", "Save and make the commit."),
    Action("commit", "escape", "dismiss_screen", "back", "Go back without committing."),
    Action("clash", "m", "settle(True)", "keep mine", "Yours goes on top of theirs, for what is shown."),
    Action("clash", "t", "settle(False)", "take theirs", "Theirs stays, yours goes, for what is shown."),
    Action("clash", "M", "settle_rest(True)", "all mine", "Keep yours of this and all that follow."),
    Action("clash", "T", "settle_rest(False)", "all theirs", "Take theirs of this and all that follow."),
    Action("clash", "escape", "dismiss_screen", "decide later", "Nothing is saved; your edits stay as a draft."),
    Action("code", "escape", "dismiss_screen", "back", "Back to where you came from."),
    Action("code", "j,down", "scroll_body(1)", "down", "Scroll down.", footer=False),
    Action("code", "k,up", "scroll_body(-1)", "up", "Scroll up.", footer=False),
)


def bindings(*places: str) -> list[BindingType]:
    """The key bindings of the places, for a screen's or widget's `BINDINGS`."""
    return [
        Binding(action.keys, action.method, action.label, show=action.footer, tooltip=action.about)
        for place in places
        for action in ACTIONS
        if action.place == place
    ]


def shown_keys(action: Action) -> str:
    """The keys of an action as people read them: "ctrl+q or q"."""
    signs = {"question_mark": "?", "slash": "/", "colon": ":", "right_square_bracket": "]", "left_square_bracket": "["}
    names = {**signs, "right": "→", "left": "←", "up": "↑", "down": "↓", "escape": "Esc", "enter": "Enter"}
    return " or ".join(names.get(key, key) for key in action.keys.split(","))
