"""What workflows need of a user interface: ways to tell and to ask."""
