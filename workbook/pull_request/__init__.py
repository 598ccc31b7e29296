"""Pull requests: where their templates are, our block in them, and what people ticked in a description."""
