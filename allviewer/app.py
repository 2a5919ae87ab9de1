"""The one place that builds the window and its parts and joins them."""
