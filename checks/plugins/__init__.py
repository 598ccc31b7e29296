"""Plug-ins: probes, importers, exports and checklists of other distributions. Authors import `checks.plugins.api`.

`installed` finds them without running anything of theirs; `forked` asks their probes, `calling` everything else, each
in a process that may crash, hang or print without taking ours along.
"""
