"""One training: a network, what it learns from, and a folder in which an interrupted run is gone on from."""

import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import numpy as np
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint, TQDMProgressBar
from lightning.pytorch.loggers import TensorBoardLogger
from lightning.pytorch.utilities.exceptions import SIGTERMException
from torch import nn

from allviewer.progress import Cancelled, CancelToken
from training.evaluation.run import Epoch
from training.experiments.batches import NO_CHANGE, Entries, EpochSampler, Material, Pictures, entries_of, loader
from training.experiments.experiment import Experiment
from training.experiments.history import History
from training.experiments.learner import INNER_LOSS, Learner
from training.experiments.machine import Machine
from training.splits import Indices
from training.tasks import Tell

RESUME, BEST = "checkpoints", "best"


@dataclass(frozen=True)
class Lesson:
    """What is learnt from.

    Attributes:
        learn: what an epoch goes through.
        watch: pictures kept aside to tell which epoch was best; None where none can be.
    """

    material: Material
    learn: Entries
    watch: Indices | None


@dataclass(frozen=True)
class Taught:
    """What a training gave besides the weights: its epochs, and the seconds that they took, on all machines."""

    epochs: tuple[Epoch, ...]
    seconds: float


class _Feed(pl.LightningDataModule):
    def __init__(self, lesson: Lesson, experiment: Experiment) -> None:
        super().__init__()
        self._lesson, self._experiment = lesson, experiment

    def train_dataloader(self) -> Any:
        experiment = self._experiment
        pictures = Pictures(self._lesson.material, self._lesson.learn, experiment.augmentation, experiment.seed)
        return self._loader(pictures, shuffle=True)

    def val_dataloader(self) -> Any:
        watch = self._lesson.watch
        if watch is None:
            return []
        entries = entries_of(watch, False, watch[:0])
        return self._loader(Pictures(self._lesson.material, entries, NO_CHANGE, 0), shuffle=False)

    def _loader(self, pictures: Pictures, shuffle: bool) -> Any:
        trainer = self.trainer
        assert trainer is not None
        sampler = EpochSampler(pictures, trainer.world_size, trainer.global_rank, self._experiment.seed, shuffle)
        sampler.set_epoch(trainer.current_epoch)  # a resumed run draws its first batches before Lightning tells it
        return loader(pictures, self._experiment.batch, sampler)


class _Reseed(pl.Callback):
    """Dropout depends on seed, epoch and batch alone: a resumed run goes on as it would have."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        where = (self._seed, trainer.current_epoch, batch_idx, trainer.global_rank)
        torch.manual_seed(int(np.random.SeedSequence(where).generate_state(1)[0]))


def teach(
    network: nn.Module,
    lesson: Lesson,
    experiment: Experiment,
    folder: Path,
    machine: Machine,
    cancel: CancelToken,
    tell: Tell,
) -> Taught:
    """Train `network` in place; it ends with the weights of the best epoch (or the last), on the processor.

    Checkpoints of every epoch go into `folder`; a run that is found there is gone on from.

    Raises:
        Cancelled: stopped; the last whole epoch is kept.
        TrainingError: the loss is no number.
        OSError: the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    history = History(folder, cancel, tell)
    best = ModelCheckpoint(folder / BEST, filename="{epoch:04d}", monitor=INNER_LOSS, save_weights_only=True)
    callbacks: list[pl.Callback] = [
        _Reseed(experiment.seed),
        history,
        # two of them: one that a kill cut short does not take the run with it
        ModelCheckpoint(folder / RESUME, filename="{epoch:04d}", monitor="step", mode="max", save_top_k=2),
    ]
    if lesson.watch is not None:
        callbacks.append(best)
        if experiment.patience is not None:
            callbacks.append(EarlyStopping(INNER_LOSS, patience=experiment.patience))
    if machine.progress_bar:
        callbacks.append(TQDMProgressBar())
    _be_quiet()
    pl.seed_everything(experiment.seed, verbose=False)
    learner = Learner(_channels_last(network), experiment.loss, experiment.optimiser)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = _trainer(experiment, folder, machine, callbacks)
        try:
            latest = newest_readable(folder / RESUME)
            trainer.fit(learner, datamodule=_Feed(lesson, experiment), ckpt_path=latest, weights_only=True)
        except SIGTERMException as exception:  # Lightning's own answer to SIGTERM, which would end the program
            raise Cancelled from exception
    network.to("cpu")
    if lesson.watch is not None and best.best_model_path:
        _take_weights(Path(best.best_model_path), network)
    network.eval()
    return Taught(tuple(history.epochs), history.seconds)


def _trainer(experiment: Experiment, folder: Path, machine: Machine, callbacks: list[pl.Callback]) -> pl.Trainer:
    return pl.Trainer(
        accelerator=machine.device,
        devices=machine.devices,
        num_nodes=machine.nodes,
        strategy="ddp" if machine.processes > 1 else "auto",
        precision=machine.precision,
        max_epochs=experiment.epochs,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        logger=TensorBoardLogger(folder, name="tensorboard") if machine.tensorboard else False,
        log_every_n_steps=10,
        enable_progress_bar=machine.progress_bar,
        enable_model_summary=False,
        default_root_dir=folder,
        callbacks=callbacks,
    )


def _channels_last(network: nn.Module) -> nn.Module:
    """The same network, its weights laid out as convolutions are quickest with on a processor and on tensor cores."""
    with torch.no_grad():
        for weight in network.parameters():
            if weight.ndim == 4:
                weight.data = weight.data.contiguous(memory_format=torch.channels_last)
    return network


def newest_readable(folder: Path) -> Path | None:
    """The newest checkpoint that can be read, or None: one may have been cut off by a kill while it was written."""
    for path in sorted(folder.glob("*.ckpt"), reverse=True):
        try:
            torch.load(path, map_location="cpu", weights_only=True)
        except (RuntimeError, OSError, EOFError, ValueError) as error:
            logging.getLogger(__name__).warning("Checkpoint %s is not readable: %s", path.name, error)
            continue
        return path
    return None


def _take_weights(path: Path, network: nn.Module) -> None:
    state = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
    network.load_state_dict({name.removeprefix("network."): value for name, value in state.items()})


def _be_quiet() -> None:
    for name in ("lightning.pytorch", "lightning.fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
