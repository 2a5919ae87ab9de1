"""The parts beside the picture: images, cells, classes, counts, models, jobs."""
