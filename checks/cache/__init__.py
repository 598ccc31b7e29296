"""What a look may remember in the user's cache: never in the tree, never a secret, never needed for the result."""
