"""Which keys do what: presets, own keys, their conflicts, the page of all keys, the search for commands."""
