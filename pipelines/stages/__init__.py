"""The stages: each reads one run directory's artefacts and leaves its own."""
