"""How many clicks an outline takes: the interactive tools measured with simulated hands."""
