"""How good a method is: predictions, figures with intervals over subjects, plots, reports. Shared by all tasks."""
