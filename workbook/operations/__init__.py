"""What people can do with a workbook, one module a kind of act: each says which fields it would change, or refuses.

Nothing here is written. The session puts the changes on the ledger as one step of undo.
"""
