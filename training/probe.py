"""How long a step takes on this machine and how many pictures it can take at a time, found by trying a few."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import psutil
import torch
from torch import nn

from allviewer.exchange.training_events import ProbeResult, Progress
from allviewer.progress import CancelToken
from training.errors import TrainingError
from training.loop import Batches, Loss
from training.tasks import Request, Tell

PROBE_FILE = "probe.json"
ROOM = 0.5
"""Of the memory that is free, that a training may take: the window and the networks that run need the rest."""
STEPS = 3

Make = Callable[[int], tuple[nn.Module, Loss, Batches]]
"""Batch size -> what a step is made of."""


def probe(make: Make, sizes: Sequence[int], request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Try batch sizes from small to large; writes OUT/probe.json with the largest that fits.

    Raises:
        TrainingError: not even the smallest fits.
    """
    process = psutil.Process()
    before, room = process.memory_info().rss, int(psutil.virtual_memory().available * ROOM)
    best: ProbeResult | None = None
    for number, size in enumerate(sizes):
        cancel.check()
        tell(Progress(number / len(sizes), f"Trying {size} pictures at a time"))
        try:
            seconds = _seconds_a_step(*make(size))
        except (MemoryError, RuntimeError) as error:  # torch raises RuntimeError when memory runs out
            if best is None:
                raise TrainingError(f"Not even {size} pictures at a time fit: {str(error).splitlines()[0]}.") from error
            break
        used = max(0, process.memory_info().rss - before)
        if used > room and best is not None:
            break
        best = ProbeResult(size, round(seconds, 4), used >> 20, room >> 20)
        if 2 * used > room:
            break
    if best is None:
        raise TrainingError("There was no batch size to try.")
    request.out.mkdir(parents=True, exist_ok=True)
    path = request.out / PROBE_FILE
    path.write_bytes(msgspec.json.encode(best))
    return path


def _seconds_a_step(network: nn.Module, loss: Loss, batches: Batches) -> float:
    """The median of a few steps, the first one, which warms up, left out."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-6)
    network.train()
    spent = []
    for _, batch in zip(range(STEPS + 1), batches(0), strict=False):
        start = time.perf_counter()
        optimiser.zero_grad()
        loss(network, batch).backward()
        optimiser.step()
        spent.append(time.perf_counter() - start)
    return sorted(spent[1:])[len(spent[1:]) // 2]
