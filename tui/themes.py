"""Our own themes. Their colors are those of the 256 that every terminal draws alike, so that none turns to mud."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK = Theme(
    name="readiness-dark",
    primary="#5fafff",
    secondary="#87afd7",
    accent="#ffaf5f",
    warning="#ffd75f",
    error="#ff8787",
    success="#87d787",
    foreground="#e4e4e4",
    background="#121212",
    surface="#1c1c1c",
    panel="#303030",
    boost="#262626",
    variables={
        "text-primary": "#87afff",
        "text-secondary": "#87afd7",
        "text-accent": "#ffaf5f",
        "text-warning": "#ffd75f",
        "text-error": "#ff8787",
        "text-success": "#87d787",
        "text-muted": "#a8a8a8",
        "primary-muted": "#005f87",
        "error-muted": "#5f0000",
        "footer-key-foreground": "#ffaf5f",
    },
)

LIGHT = Theme(
    name="readiness-light",
    primary="#005faf",
    secondary="#005f87",
    accent="#af5f00",
    warning="#875f00",
    error="#af0000",
    success="#005f00",
    foreground="#1c1c1c",
    background="#ffffff",
    surface="#eeeeee",
    panel="#dadada",
    boost="#e4e4e4",
    dark=False,
    variables={
        "text-primary": "#005faf",
        "text-secondary": "#005f87",
        "text-accent": "#875f00",
        "text-warning": "#875f00",
        "text-error": "#af0000",
        "text-success": "#005f00",
        "text-muted": "#585858",
        "primary-muted": "#afd7ff",
        "error-muted": "#ffd7d7",
        "footer-key-foreground": "#875f00",
    },
)

_LOUD_DARK = "#ffff00"
HIGH_CONTRAST = Theme(
    name="readiness-high-contrast",
    primary="#00ffff",
    secondary="#00ffff",
    accent=_LOUD_DARK,
    warning=_LOUD_DARK,
    error="#ff8787",
    success="#00ff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    boost="#303030",
    text_alpha=1.0,
    variables={
        "text-primary": "#00ffff",
        "text-secondary": "#00ffff",
        "text-accent": _LOUD_DARK,
        "text-warning": _LOUD_DARK,
        "text-error": "#ff8787",
        "text-success": "#00ff00",
        "text-muted": "#ffffff",
        "primary-muted": "#0000af",
        "error-muted": "#870000",
        "footer-key-foreground": _LOUD_DARK,
        "border-blurred": "#ffffff",
    },
)

HIGH_CONTRAST_LIGHT = Theme(
    name="readiness-high-contrast-light",
    primary="#0000af",
    secondary="#0000af",
    accent="#5f0087",
    warning="#5f0087",
    error="#870000",
    success="#005f00",
    foreground="#000000",
    background="#ffffff",
    surface="#ffffff",
    panel="#ffffff",
    boost="#dadada",
    dark=False,
    text_alpha=1.0,
    variables={
        "text-primary": "#0000af",
        "text-secondary": "#0000af",
        "text-accent": "#5f0087",
        "text-warning": "#5f0087",
        "text-error": "#870000",
        "text-success": "#005f00",
        "text-muted": "#000000",
        "primary-muted": "#afd7ff",
        "error-muted": "#ffd7d7",
        "footer-key-foreground": "#5f0087",
        "border-blurred": "#000000",
    },
)

THEMES: Final = (DARK, LIGHT, HIGH_CONTRAST, HIGH_CONTRAST_LIGHT)
"""Beside Textual's own, of which `ansi-dark` and `ansi-light` take the colors of the terminal as they are."""

DEFAULT: Final = DARK.name
