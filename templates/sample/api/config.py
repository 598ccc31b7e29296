"""Settings, read once from the environment."""

import os

DATABASE_URL = os.environ.get("DATABASE_URL", "")
MODEL_BASE_URL = os.environ.get("MODEL_BASE_URL", "https://models.example.com/v1")
HANDOVER_WEBHOOK = os.environ.get("HANDOVER_WEBHOOK", "")
