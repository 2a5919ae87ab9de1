"""Which networks and which device: the boxes of the bar, remembered between sessions."""

from PySide6.QtCore import QObject, QSettings

from allviewer.ui.panels.tool_bars import OptionsBar
from allviewer.workflows.detect_cells import NO_CLASSIFIER, Choice, DetectCells
from allviewer.workflows.install_pack import InstallPack, PackRow

_DEVICES = (
    ("Auto", "auto", "The fastest device there is"),
    ("CPU", "cpu", "The processor"),
    ("CUDA", "cuda", "An NVIDIA graphics card"),
    ("DirectML", "directml", "A graphics card under Windows"),
    ("CoreML", "coreml", "Apple's neural engine"),
    ("OpenVINO", "openvino", "Intel's runtime"),
)


_MOST_LETTERS = 26


class PackChoice(QObject):
    """Fills the boxes from the installed packs and tells the workflow what is chosen."""

    def __init__(
        self, bar: OptionsBar, detect: DetectCells, packs: InstallPack, memory: QSettings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bar, self._detect, self._packs, self._memory = bar, detect, packs, memory
        packs.packs_changed.connect(self._packs_changed)
        bar.choice_changed.connect(self._chosen)
        bar.fill(bar.device, _DEVICES, self._remembered("device", "auto"))
        self._fill()

    def use(self, pack: PackRow) -> None:
        """Choose a pack."""
        box = self._bar.segmentation if pack.card.task == "segmentation" else self._bar.classifier
        box.setCurrentIndex(max(0, box.findData(pack.name)))
        self._chosen()

    def use_device(self, device: str) -> None:
        """Run on a device from now on."""
        self._bar.device.setCurrentIndex(max(0, self._bar.device.findData(device)))
        self._chosen()

    def _packs_changed(self) -> None:
        self._detect.forget_networks()
        self._fill()

    def _fill(self) -> None:
        bar = self._bar
        bar.fill(bar.segmentation, _items(self._packs.packs("segmentation")), self._remembered("segmentation", ""))
        classifiers = [*_items(self._packs.packs("classification")), ("No classes", NO_CLASSIFIER, "Masks only")]
        bar.fill(bar.classifier, classifiers, self._remembered("classifier", ""))
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
        bar = self._bar
        self._detect.choice = Choice(
            bar.segmentation.currentData() or "", bar.classifier.currentData() or "", bar.device.currentData() or "auto"
        )

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
