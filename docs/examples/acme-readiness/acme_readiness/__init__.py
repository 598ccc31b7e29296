"""What Acme asks of its services: a probe, an importer, an export and a checklist."""
