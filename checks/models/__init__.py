"""How the application uses generative models: calls, limits, names, prompts, tools, and where answers go."""
