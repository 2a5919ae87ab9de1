"""All experiments by name, and those of a paper."""

from training.errors import ConfigError
from training.experiments import paper_000, paper_001, paper_002, paper_003, paper_004
from training.experiments.experiment import Experiment

PAPERS: dict[str, tuple[Experiment, ...]] = {
    "000": paper_000.EXPERIMENTS,
    "001": paper_001.EXPERIMENTS,
    "002": paper_002.EXPERIMENTS,
    "003": paper_003.EXPERIMENTS,
    "004": paper_004.EXPERIMENTS,
}
"""The experiments of each paper, in the order of its tables."""

EXPERIMENTS: dict[str, Experiment] = {one.name: one for own in PAPERS.values() for one in own}


def find_experiment(name: str) -> Experiment:
    """Raises `ConfigError` for a name that is none, with those that there are."""
    if name not in EXPERIMENTS:
        raise ConfigError(f"There is no experiment named '{name}'.", f"There are: {', '.join(EXPERIMENTS)}.")
    return EXPERIMENTS[name]
