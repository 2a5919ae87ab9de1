"""Work off the UI thread: one runner, named lanes, results delivered on the UI thread."""
