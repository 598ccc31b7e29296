"""The widgets, one a file. They post messages; the app's session is the only one that changes anything."""
