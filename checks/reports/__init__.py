"""Importers: reports that other tools wrote, recognized by their content and turned into a small record.

A report is a file from anywhere: `document` bounds what it may cost, each module of `formats` checks every field it
reads, and nothing of a report's own prose or of a found secret is kept. What follows for a team is not decided here.
"""
