"""The papers' experiments as typed configurations, and the engine that runs one on samples."""
