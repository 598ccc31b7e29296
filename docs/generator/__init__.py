"""The pages of reference, made from the registries of the product: `python -P -m docs.generator` writes them all.

`tests/journeys/test_docs_reference.py` makes every page anew and compares it byte for byte, so none can drift.
"""
