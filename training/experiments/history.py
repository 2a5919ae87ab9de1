"""The figures of every epoch, kept with the checkpoints, so that a resumed run tells its whole story."""

import csv
import time
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
from lightning.fabric.utilities.rank_zero import rank_zero_only

from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.evaluation.run import Epoch
from training.experiments.learner import INNER_ACCURACY, INNER_LOSS, TRAIN_ACCURACY, TRAIN_LOSS
from training.tasks import Tell

HISTORY_FILE = "history.csv"


class History(pl.Callback):
    """Notes each epoch, writes history.csv, tells how it goes, and stops when nobody wants the result any more.

    Not Lightning's CSV logger: that throws away what an interrupted run had written.
    """

    def __init__(self, folder: Path, cancel: CancelToken, tell: Tell) -> None:
        self.epochs: list[Epoch] = []
        self.seconds = 0.0
        self._folder, self._cancel, self._tell = folder, cancel, tell
        self._started = 0.0

    def state_dict(self) -> dict[str, Any]:
        rows = [[e.loss, e.accuracy, e.validation_loss, e.validation_accuracy] for e in self.epochs]
        return {"epochs": rows, "seconds": self.seconds}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        names = ("loss", "accuracy", "validation_loss", "validation_accuracy")
        self.epochs = [Epoch(**dict(zip(names, row, strict=True))) for row in state_dict["epochs"]]
        self.seconds = float(state_dict["seconds"])

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._started = time.monotonic()

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
        self._cancel.check()

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        figures = {name: float(value) for name, value in trainer.callback_metrics.items()}
        epoch = Epoch(
            loss=figures[TRAIN_LOSS],
            accuracy=figures.get(TRAIN_ACCURACY),
            validation_loss=figures.get(INNER_LOSS),
            validation_accuracy=figures.get(INNER_ACCURACY),
        )
        self.epochs.append(epoch)
        self.seconds += time.monotonic() - self._started
        self._write()
        done, wanted = trainer.current_epoch + 1, trainer.max_epochs or 1
        message = f"Epoch {done} of {wanted}, loss {epoch.loss:.3f}"
        if epoch.validation_loss is not None:
            message += f", aside {epoch.validation_loss:.3f}"
        self._tell(Progress(done / wanted, message, step=done, steps=wanted, loss=round(epoch.loss, 5)))

    @rank_zero_only
    def _write(self) -> None:
        part = self._folder / f"{HISTORY_FILE}.part"
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["epoch", "loss", "accuracy", "inner_loss", "inner_accuracy"])
            for number, e in enumerate(self.epochs, 1):
                writer.writerow([number, e.loss, e.accuracy, e.validation_loss, e.validation_accuracy])
        part.replace(self._folder / HISTORY_FILE)
