"""The training loop that both tasks share: Lightning, kept quiet, with rounds that can be stopped and resumed."""

import logging
import math
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import EMAWeightAveraging, ModelCheckpoint
from lightning.pytorch.utilities.exceptions import SIGTERMException
from lightning.pytorch.utilities.types import OptimizerLRSchedulerConfig
from torch import Tensor, nn

from allviewer.exchange.training_events import Progress
from allviewer.progress import Cancelled, CancelToken
from training.control import RunControl
from training.errors import TrainingError
from training.layers import freeze, hold_still
from training.tasks import Tell

ROUND_STEPS = 50
"""Steps between two checkpoints: what a kill loses at most."""

DIVERGED = 4
"""A loss that is so many times the first one, in the mean of some steps, will not come down again."""
FEWEST_STEPS = 10

_CHECKPOINTS = "checkpoints"

Loss = Callable[[nn.Module, Any], Tensor]
"""Loss of a network on a batch."""

Batches = Callable[[int], Iterator[Any]]
"""The batches from a step on, without end; the batch of a step is the same whenever it is asked for."""


@dataclass(frozen=True)
class LoopSettings:
    """How long and how fast; `device` is "cpu", "cuda" or "auto".

    With `brain_floats` layers compute in bfloat16 (weights stay float32): faster where the processor has it.
    """

    steps: int
    learning_rate: float
    weight_decay: float = 1e-2
    ema_decay: float = 0.995
    clip_norm: float = 5.0
    warm_up: float = 0.1
    seed: int = 1
    device: str = "cpu"
    brain_floats: bool = False


@dataclass(frozen=True)
class Watched:
    """What is measured and shown at some step.

    Attributes:
        figures: by name; pictures: files.
    """

    figures: dict[str, float]
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Company:
    """Who looks on while a network learns.

    Attributes:
        control: pauses it.
        watch: (network in evaluation, step) -> what to tell; called some twenty times.
        layers: which of them go on learning.
    """

    control: RunControl | None = None
    watch: Callable[[nn.Module, int], Watched] | None = None
    layers: str = "all"


WATCHED_TIMES = 20


class Learner(pl.LightningModule):
    """A network and its loss: what Lightning trains."""

    def __init__(self, network: nn.Module, loss: Loss, settings: LoopSettings) -> None:
        super().__init__()
        self.network = network
        self._loss = loss
        self._settings = settings

    def training_step(self, batch: Any, index: int) -> Tensor:
        """The loss of a batch. Raises `TrainingError` once it is no number."""
        loss = self._loss(self.network, batch)
        if not torch.isfinite(loss):
            raise TrainingError(
                f"The loss is no longer a number at step {self.global_step}.", "Lower the learning rate."
            )
        return loss

    def configure_optimizers(self) -> OptimizerLRSchedulerConfig:
        settings = self._settings
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        plain = [p for p in self.network.parameters() if p.ndim <= 1]
        optimiser = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=settings.learning_rate,
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser,
            max_lr=settings.learning_rate,
            total_steps=settings.steps + 1,
            pct_start=settings.warm_up,
            div_factor=10,
            final_div_factor=100,
        )
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step", "frequency": 1}}


class _Rounds(pl.LightningDataModule):
    def __init__(self, batches: Batches) -> None:
        super().__init__()
        self._batches = batches

    def train_dataloader(self) -> Iterator[Any]:
        return self._batches(self.trainer.global_step if self.trainer else 0)


class _Listener(pl.Callback):
    """Says how it goes, and stops when nobody wants the result any more."""

    def __init__(self, steps: int, cancel: CancelToken, tell: Tell, company: Company, still: list[nn.Module]) -> None:
        self._steps, self._cancel, self._tell = steps, cancel, tell
        self._company, self._still = company, still
        self._losses: list[float] = []
        self._first: float | None = None
        self._latest: deque[float] = deque(maxlen=20)

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        self._watch(trainer, module)  # before anything is learnt: what the first examples look like

    def on_train_batch_start(self, trainer: pl.Trainer, module: pl.LightningModule, *_: Any) -> None:
        hold_still(self._still)

    def _pause(self, step: int) -> None:
        if self._company.control is not None:
            paused = Progress(step / self._steps, f"Paused at step {step}", step, self._steps, paused=True)
            self._company.control.wait_while_paused(lambda: self._tell(paused))

    def _watch(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Tell figures and pictures of the watched cells."""
        step, watch = trainer.global_step, self._company.watch
        if watch is None or step % max(1, self._steps // WATCHED_TIMES) not in (0, self._steps):
            return
        network = cast("nn.Module", module.network)
        network.eval()
        with torch.no_grad():
            seen = watch(network, step)
        network.train()
        words = ", ".join(f"{name} {value:.3f}" for name, value in seen.figures.items())
        self._tell(
            Progress(step / self._steps, f"Step {step}: {words}", step, self._steps, None, seen.figures, seen.pictures)
        )

    def on_train_batch_end(self, trainer: pl.Trainer, module: pl.LightningModule, outputs: Any, *_: Any) -> None:
        step = trainer.global_step
        self._pause(step)
        self._cancel.check()
        self._losses.append(float(outputs["loss"]))
        self._refuse_divergence(self._losses[-1], step)
        self._watch(trainer, module)
        if len(self._losses) >= max(1, min(20, self._steps // WATCHED_TIMES)) or step >= self._steps:
            loss = math.fsum(self._losses) / len(self._losses)
            self._losses.clear()
            message = f"Step {step} of {self._steps}, loss {loss:.3f}"
            self._tell(Progress(step / self._steps, message, step=step, steps=self._steps, loss=round(loss, 5)))

    def _refuse_divergence(self, loss: float, step: int) -> None:
        """Raise `TrainingError` where the loss has run away: going on would only make it worse."""
        self._first = loss if self._first is None else self._first
        self._latest.append(loss)
        mean = math.fsum(self._latest) / len(self._latest)
        if len(self._latest) >= FEWEST_STEPS and mean > max(DIVERGED * self._first, self._first + 1):
            raise TrainingError(
                f"The training diverges: its loss rose from {self._first:.2f} to {mean:.2f} by step {step}.",
                "Lower the learning rate; no network was changed.",
            )


def train(
    network: nn.Module,
    loss: Loss,
    batches: Batches,
    settings: LoopSettings,
    folder: Path,
    cancel: CancelToken,
    tell: Tell,
    resume: bool = False,
    company: Company = Company(),
) -> None:
    """Train `network` in place; it ends with the moving average of its weights, on the processor.

    Args:
        loss: of the network on a batch.
        batches: from a step on.
        folder: checkpoints go here; with `resume`, the newest one in it is gone on from.
        company: who looks on.

    Raises:
        Cancelled: stopped; the last whole round is kept for `resume`.
        TrainingError: the loss is no number.
    """
    _be_quiet()
    pl.seed_everything(settings.seed, verbose=False)
    still = freeze(network, company.layers)
    learner = Learner(network, loss, settings)
    decay = min(settings.ema_decay, 1 - 5 / (settings.steps + 5))
    keep = ModelCheckpoint(folder / _CHECKPOINTS, filename="{step:06d}", save_on_train_epoch_end=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = pl.Trainer(
            accelerator=settings.device,
            devices=1,
            precision="bf16-mixed" if settings.brain_floats else "32-true",
            max_steps=settings.steps,
            limit_train_batches=min(ROUND_STEPS, settings.steps),
            reload_dataloaders_every_n_epochs=1,
            gradient_clip_val=settings.clip_norm,
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=folder,
            callbacks=[_Listener(settings.steps, cancel, tell, company, still), EMAWeightAveraging(decay=decay), keep],
        )
        latest = newest_checkpoint(folder) if resume else None
        try:
            trainer.fit(learner, datamodule=_Rounds(batches), ckpt_path=latest, weights_only=True)
        except SIGTERMException as exception:  # Lightning's own answer to SIGTERM, which would end the program
            raise Cancelled from exception
    network.to("cpu").eval()


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint of a run that can be read, or None."""
    for path in sorted((folder / _CHECKPOINTS).glob("*.ckpt"), reverse=True):
        try:
            torch.load(path, map_location="cpu", weights_only=True)
        except (RuntimeError, OSError, EOFError) as error:  # cut off by a kill while it was written
            logging.getLogger(__name__).warning("Checkpoint %s is not readable: %s", path.name, error)
            continue
        return path
    return None


def load_checkpoint(path: Path, network: nn.Module) -> None:
    """Put the averaged weights of a checkpoint into a network of the same shape."""
    state = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
    network.load_state_dict({name.removeprefix("network."): value for name, value in state.items()})
    network.eval()


def _be_quiet() -> None:
    for name in ("lightning.pytorch", "lightning.fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
