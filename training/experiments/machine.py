"""On what a training runs: processor or accelerator, how many of them, and in which precision."""

import os
from typing import Annotated, Literal

import msgspec

PositiveInt = Annotated[int, msgspec.Meta(gt=0)]


class Machine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Nothing here changes what is computed, but for the rounding of mixed precision.

    Attributes:
        device: "cpu", "cuda" (or another of Lightning's accelerators), or "auto".
        devices: of this machine; on a processor, processes.
        nodes: machines. With several, start the command on each with torchrun.
        precision: "32-true", "bf16-mixed" or "16-mixed".
        threads: of the processor, for each process; 0 leaves what torch takes.
    """

    device: str = "auto"
    devices: PositiveInt = 1
    nodes: PositiveInt = 1
    precision: Literal["32-true", "bf16-mixed", "16-mixed"] = "32-true"
    threads: Annotated[int, msgspec.Meta(ge=0)] = 0
    progress_bar: bool = False
    tensorboard: bool = True

    @property
    def processes(self) -> int:
        return self.devices * self.nodes

    @property
    def is_chief(self) -> bool:
        """Whether this process writes: the first of all of them."""
        return int(os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0"))) == 0

    def use_threads(self) -> None:
        """Tell torch how many threads it may take."""
        import torch

        if self.threads:
            torch.set_num_threads(self.threads)
