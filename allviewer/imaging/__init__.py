"""Pixels from files: one adapter for each foreign library, behind one image interface."""
