"""The networks of the five papers and the zoo that they compare with, each by its name in `registry`."""
