"""Which networks or method and which device: the boxes of the bar, remembered between sessions."""

from PySide6.QtCore import QObject, QSettings

from allviewer.ui.panels.tool_bars import OptionsBar
from allviewer.workflows.detect_cells import NO_CLASSIFIER, Choice, DetectCells
from allviewer.workflows.install_pack import InstallPack, PackRow
from allviewer.workflows.tune_method import TuneMethod

_DEVICES = (
    ("Auto", "auto", "The fastest device there is"),
    ("CPU", "cpu", "The processor"),
    ("CUDA", "cuda", "An NVIDIA graphics card"),
    ("TensorRT", "tensorrt", "An NVIDIA graphics card, with engines built for it"),
    ("DirectML", "directml", "A graphics card under Windows"),
    ("CoreML", "coreml", "Apple's neural engine"),
    ("OpenVINO", "openvino", "Intel's runtime"),
)


_MOST_LETTERS = 26
_METHOD = "method:"
"""Before the names of methods, which stand in the same box as the segmentation packs."""


class PackChoice(QObject):
    """Fills the boxes from the installed packs and tells the workflow what is chosen."""

    def __init__(
        self,
        bar: OptionsBar,
        detect: DetectCells,
        packs: InstallPack,
        tune: TuneMethod,
        memory: QSettings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bar, self._detect, self._packs, self._tune, self._memory = bar, detect, packs, tune, memory
        tune.changed.connect(self._tell_detect)
        packs.packs_changed.connect(self._packs_changed)
        bar.choice_changed.connect(self._chosen)
        bar.fill(bar.device, _DEVICES, self._remembered("device", "auto"))
        self._fill()

    def use(self, pack: PackRow) -> None:
        """Choose a pack; of a task that has no box in the bar the catalogue's choice is taken by every run."""
        boxes = {"segmentation": self._bar.segmentation, "classification": self._bar.classifier}
        box = boxes.get(pack.card.task)
        if box is not None:
            box.setCurrentIndex(max(0, box.findData(pack.name)))
            self._chosen()

    def use_adopted(self, task: str, name: str) -> None:
        """Choose the pack that was adopted for a task; without a name the one that ships."""
        pack = self._packs.default(task)
        row = next((pack for pack in self._packs.packs(task) if pack.name == name), pack)
        if row is not None:
            self.use(row)

    @property
    def device(self) -> str:
        """The device that is chosen."""
        return str(self._bar.device.currentData() or "auto")

    def use_device(self, device: str) -> None:
        """Run on a device from now on."""
        self._bar.device.setCurrentIndex(max(0, self._bar.device.findData(device)))
        self._chosen()

    def _packs_changed(self) -> None:
        self._detect.forget_networks()
        self._fill()

    def _fill(self) -> None:
        bar = self._bar
        finders = [*_items(self._packs.packs("segmentation")), *_method_items(self._tune)]
        bar.fill(bar.segmentation, finders, self._remembered("segmentation", self._adopted("segmentation")))
        classifiers = [*_items(self._packs.packs("classification")), ("No classes", NO_CLASSIFIER, "Masks only")]
        bar.fill(bar.classifier, classifiers, self._remembered("classifier", self._adopted("classification")))
        self._tell()

    def _chosen(self) -> None:
        for name, box in (
            ("segmentation", self._bar.segmentation),
            ("classifier", self._bar.classifier),
            ("device", self._bar.device),
        ):
            self._memory.setValue(f"models/{name}", box.currentData())
        self._tell()

    def _tell(self) -> None:
        finder = str(self._bar.segmentation.currentData() or "")
        self._tune.choose(finder.removeprefix(_METHOD) if finder.startswith(_METHOD) else "")
        self._tell_detect()

    def _tell_detect(self) -> None:
        bar, method = self._bar, self._tune.chosen
        pack = str(bar.segmentation.currentData() or "") if method is None else ""
        self._detect.choice = Choice(
            pack, bar.classifier.currentData() or "", bar.device.currentData() or "auto", method
        )

    def _adopted(self, task: str) -> str:
        pack = self._packs.default(task)
        return pack.name if pack is not None else ""

    def _remembered(self, name: str, default: str) -> str:
        return str(self._memory.value(f"models/{name}", default) or default)


def _short(title: str, version: str) -> str:
    """A title that fits the bar; all of it stands in the tip."""
    room = _MOST_LETTERS - len(version)
    return (title if len(title) <= room else title[: room - 1].rstrip(" ,:") + "…") + version


def _items(packs: list[PackRow]) -> list[tuple[str, str, str]]:
    titles = [pack.card.title for pack in packs]
    return [
        (
            _short(pack.card.title, "" if titles.count(pack.card.title) == 1 else f" {pack.card.version}"),
            pack.name,
            f"{pack.card.title} {pack.card.version}\n{pack.card.limits}",
        )
        for pack in packs
    ]


def _method_items(tune: TuneMethod) -> list[tuple[str, str, str]]:
    return [
        (_short(method.title, ""), _METHOD + method.name, f"{method.title}, without a network\n{method.source}")
        for method in tune.methods
    ]
