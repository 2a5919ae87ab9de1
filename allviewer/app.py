"""The one place that builds the window and its parts and joins them."""

import itertools
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

import allviewer
from allviewer.domain.slide import PixelSource
from allviewer.errors import CaseError, OutputError
from allviewer.imaging import openers
from allviewer.imaging.pyramids.store import PyramidStore
from allviewer.inference.catalogue import Catalogue
from allviewer.jobs.lanes import Lane
from allviewer.jobs.one_lane import OneLane
from allviewer.jobs.runner import JobRunner
from allviewer.memory.byte_budget import LEAST_BYTES, ByteBudget
from allviewer.memory.tile_cache import TileCache
from allviewer.resources import resources_dir
from allviewer.session.large_edits import LargeEdits
from allviewer.session.pixel_look import PixelLook, PixelLooks
from allviewer.session.selection import Selection
from allviewer.session.tool_state import ToolState
from allviewer.session.view_state import ViewState
from allviewer.session.workspace import Workspace
from allviewer.storage.locations import Locations
from allviewer.storage.locked_set import LockedSet
from allviewer.storage.pack_registry import PackRegistry
from allviewer.storage.settings import (
    BRUSH_RADIUS_PX,
    DEVICE,
    MEMORY_MB,
    OVERLAY_OPACITY,
    PACKS_TAKEN,
    PYRAMID_CACHE_MB,
    SIGNED,
    Settings,
)
from allviewer.ui.canvas.slide_view import SlideView
from allviewer.ui.dialogs.ask import Dialogs
from allviewer.ui.icons import window_icon
from allviewer.ui.main_window import MainWindow
from allviewer.ui.notices import NoticeBar
from allviewer.ui.parts_of_window import Session, Workflows
from allviewer.ui.qt_log import log_qt_messages
from allviewer.ui.style import apply_colours, dress
from allviewer.workflows.adopt_pack import AdoptPack
from allviewer.workflows.bind_keys import BindKeys
from allviewer.workflows.build_pyramids import BuildPyramids
from allviewer.workflows.care_for_case import CareForCase
from allviewer.workflows.change_settings import ChangeSettings
from allviewer.workflows.choose_classes import ChooseClasses
from allviewer.workflows.compare_views import CompareViews
from allviewer.workflows.copy_cells import CopyCells
from allviewer.workflows.correct_cells import CorrectCells
from allviewer.workflows.describe_image import DescribeImage
from allviewer.workflows.detect_cells import DetectCells
from allviewer.workflows.divide_cells import DivideCells
from allviewer.workflows.edit_outline import EditOutline
from allviewer.workflows.explain_cell import ExplainCell
from allviewer.workflows.export_results import ExportResults
from allviewer.workflows.export_training_set import ExportTrainingSet
from allviewer.workflows.export_view import ExportView
from allviewer.workflows.fine_tune import FineTune
from allviewer.workflows.first_look import FirstLook
from allviewer.workflows.glimpse import Glimpse
from allviewer.workflows.grow_region import GrowRegion
from allviewer.workflows.import_cells import ImportCells
from allviewer.workflows.install_pack import InstallPack
from allviewer.workflows.judge_pack import JudgePack
from allviewer.workflows.keep_bookmarks import KeepBookmarks
from allviewer.workflows.make_thumbnails import MakeThumbnails
from allviewer.workflows.mark_image import MarkImage
from allviewer.workflows.open_images import OpenImages, demo_dir
from allviewer.workflows.plan_training import PlanTraining
from allviewer.workflows.ports import Ask
from allviewer.workflows.preview_stroke import PreviewStroke
from allviewer.workflows.recent_files import RecentFiles
from allviewer.workflows.reshape_cells import ReshapeCells
from allviewer.workflows.save_case import SaveCase
from allviewer.workflows.segment_click import SegmentClick
from allviewer.workflows.select_cells import SelectCells
from allviewer.workflows.set_scale import SetScale
from allviewer.workflows.show_image import ShowImage
from allviewer.workflows.show_tiles import ShowTiles
from allviewer.workflows.trace_edge import TraceEdge
from allviewer.workflows.tune_method import TuneMethod
from allviewer.workflows.use_devices import UseDevices
from allviewer.workflows.walk_cells import WalkCells
from allviewer.workflows.weigh_run import WeighRun
from allviewer.workflows.what_next import WhatNext

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Program:
    """The running program: the window and what stands behind it."""

    window: MainWindow
    session: Session
    work: Workflows
    notices: NoticeBar
    locations: Locations
    settings: Settings

    @property
    def is_at_rest(self) -> bool:
        """Whether an image is on the screen at its best and no work is under way."""
        working = [job for job in self.session.runner.jobs if job.lane is not Lane.TILES]
        document = self.session.workspace.document
        return document is not None and document.saved and not working and self.window.canvas.is_settled

    def shutdown(self) -> None:
        """Finish what must be finished, and let go of the case file."""
        case = self.session.workspace.case
        self.work.fine_tune.end()
        self.work.open_images.abandon()
        self._remember_settings()
        self.session.runner.shutdown()
        if case is not None:
            case.journal.give_up()
            try:
                case.file.close()
            except CaseError as error:  # every edit is on disk; what failed is only the tidying up
                log.warning("the case was not closed properly: %s", error)

    def _remember_settings(self) -> None:
        tools, view = self.session.tools, self.session.view
        try:
            for setting, value in ((BRUSH_RADIUS_PX, tools.radius_px), (OVERLAY_OPACITY, view.overlay.fill_opacity)):
                if self.settings.get(setting) != value:
                    self.settings.set(setting, value)
        except OutputError as error:
            log.warning("settings were not kept: %s", error)


def make_application() -> QApplication:
    """Qt's application object, dressed. Call it before any widget is made."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    log_qt_messages()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("allviewer")
    app.setApplicationVersion(allviewer.__version__)
    app.setDesktopFileName("allviewer")
    app.setWindowIcon(window_icon())
    apply_colours(app)
    return app


def build(locations: Locations, ask: Ask | None = None) -> Program:
    """Make the window and join everything. `ask` replaces the dialogs, for tests."""
    settings = Settings(locations.settings_file)
    notices = NoticeBar()
    dialogs = Dialogs()
    asker: Ask = ask or dialogs
    budget = ByteBudget(_chosen_bytes(settings.get(MEMORY_MB)))
    session = Session(Workspace(), Selection(), ViewState(), ToolState(), PixelLooks(), JobRunner(), budget)
    session.view.set_overlay(fill_opacity=settings.get(OVERLAY_OPACITY))
    session.tools.set_radius(settings.get(BRUSH_RADIUS_PX))
    registry = PackRegistry(locations.registry_file)
    catalogue = Catalogue(
        resources_dir() / "models",
        locations.packs_dir,
        registry.adopted,
        lambda: settings.get(PACKS_TAKEN) == SIGNED,
    )
    work = _workflows(session, notices, asker, catalogue, registry, locations, settings)
    canvas = SlideView(session.runner, session.view, session.tools, session.workspace.class_set)
    cache: TileCache[QImage] = TileCache(session.memory)
    work.settings.memory_changed.connect(lambda megabytes: session.memory.set_most(_chosen_bytes(megabytes)))

    numbers = itertools.count()

    def tiles_of(source: PixelSource) -> Callable[[PixelLook], ShowTiles]:
        name = f"image {next(numbers)}"

        def of_look(look: PixelLook) -> ShowTiles:
            tiles = ShowTiles(session.runner, look.of(source), cache, f"{name} {look}")
            tiles.failed.connect(notices.warn)
            work.pyramids.grew.connect(tiles.look_again)
            return tiles

        return of_look

    memory = QSettings(str(locations.config_dir / "window.ini"), QSettings.Format.IniFormat)
    if not memory.contains("models/device"):
        memory.setValue("models/device", settings.get(DEVICE))
    window = MainWindow(session, work, canvas, tiles_of, notices, memory)
    app = QApplication.instance()
    if isinstance(app, QApplication) and not app.styleSheet():
        dress(app)  # not before its parts stand in the window: that would take twice as long
    dialogs.parent = window
    work.fine_tune.finished.connect(work.packs.install)
    work.packs.installed.connect(lambda pack: work.adopt.installed(pack.card))
    work.packs.removed.connect(lambda pack: work.adopt.removed(pack.card))
    work.what_next.visited.connect(work.walk.visited)
    work.adopt.in_use.connect(window.choice.use_adopted)
    work.adopt.changed.connect(work.packs.packs_changed)
    work.detect.device_changed.connect(lambda used: work.devices.ran_on(window.choice.device, used))
    work.detect.resolve_device = work.devices.resolved
    QTimer.singleShot(0, work.fine_tune.take_up)
    for sentence in settings.notices:
        notices.tell(sentence)
    return Program(window, session, work, notices, locations, settings)


def _chosen_bytes(megabytes: int) -> int | None:
    """What people set; None: by the machine's memory."""
    return max(megabytes << 20, LEAST_BYTES) if megabytes else None


def _workflows(
    session: Session,
    notices: NoticeBar,
    ask: Ask,
    catalogue: Catalogue,
    registry: PackRegistry,
    locations: Locations,
    settings: Settings,
) -> Workflows:
    workspace, selection, runner, tools = session.workspace, session.selection, session.runner, session.tools
    store = PyramidStore(locations.pyramids_dir, settings.get(PYRAMID_CACHE_MB) << 20)
    open_image = partial(openers.open_image, pyramids=store, budget=session.memory)
    glimpse = Glimpse(workspace, runner, open_image)
    show = ShowImage(workspace, runner, notices, ask, glimpse.open, glimpse)
    recent = RecentFiles(locations.recent_file)
    locked = LockedSet(locations.locked_set_dir)
    large = LargeEdits(OneLane(runner, Lane.EDITS), notices.warn)
    weigh = WeighRun(workspace, runner, notices, large, lambda: session.view.visible_region)
    detect = DetectCells(
        workspace,
        runner,
        notices,
        catalogue,
        show.load,
        weigh.arrive_unfinished,
        weigh.arrive,
        session.looks.plane_of,
    )
    detect.taken.connect(weigh.forget)
    change = ChangeSettings(settings, workspace, session.view, tools, lambda: detect.choice.device, notices)
    change.pyramid_cache_changed.connect(lambda megabytes: store.set_budget(megabytes << 20))
    compare = CompareViews(workspace, runner, notices, catalogue, show.load, session.looks.plane_of)
    care = CareForCase(workspace, runner, notices, locations)
    opener = OpenImages(
        workspace,
        runner,
        notices,
        ask,
        locations,
        lambda: change.person,
        recent.add,
        glimpse,
        care.say_what_was_found,
        care.offer_generation,
    )
    care.restored.connect(lambda path: opener.open([path]))
    return Workflows(
        glimpse=glimpse,
        open_images=opener,
        care=care,
        show_image=show,
        save_case=SaveCase(workspace, runner, notices, ask, open_image),
        detect=detect,
        weigh=weigh,
        explain=ExplainCell(workspace, selection, runner, detect.classifier, session.looks.plane_of),
        tune=TuneMethod(workspace, session.view, runner, session.looks.plane_of),
        first_look=FirstLook(workspace, demo_dir(), detect.run_on_image),
        select=SelectCells(workspace, selection, tools),
        classes=ChooseClasses(workspace, runner, notices, ask, locations.classes_dir, locations.new_case_classes_file),
        correct=CorrectCells(workspace, selection, tools, notices, large),
        copy=CopyCells(workspace, selection, notices, show.load, show.show),
        divide=DivideCells(workspace, selection, tools, runner, notices),
        stroke=PreviewStroke(workspace, selection, tools, runner),
        grow=GrowRegion(workspace, selection, tools, runner, notices, session.looks.plane_of),
        click=SegmentClick(workspace, selection, tools, runner, notices, detect.answers_clicks, session.looks.plane_of),
        trace=TraceEdge(workspace, selection, tools, runner, notices, session.looks.plane_of),
        outline=EditOutline(workspace, selection, tools, notices),
        reshape=ReshapeCells(workspace, selection, tools, runner, notices),
        walk=WalkCells(workspace, selection, notices, compare.disputes),
        import_cells=ImportCells(workspace, runner, notices, ask, demo_dir(), large),
        mark=MarkImage(workspace, runner, notices),
        scale=SetScale(workspace, runner, notices, open_image),
        bookmarks=KeepBookmarks(workspace, session.view, runner, notices),
        describe=DescribeImage(workspace, runner),
        compare=compare,
        export_view=ExportView(runner, notices, ask),
        packs=InstallPack(runner, notices, ask, catalogue, registry.archived),
        judge=JudgePack(runner, notices, catalogue, locked, resources_dir() / "golden-set", open_image),
        adopt=AdoptPack(notices, registry, lambda: change.person),
        export_results=ExportResults(workspace, runner, notices, ask, show.load),
        export_training=ExportTrainingSet(workspace, runner, notices, open_image, locked),
        fine_tune=FineTune(notices, locations.fine_tuning_dir),
        plan_training=PlanTraining(workspace, runner, notices, ask, open_image, locked, locations.locked_set_dir),
        devices=UseDevices(runner, notices, catalogue, locations.devices_file),
        what_next=WhatNext(workspace, selection, runner, notices, catalogue, open_image, show.show),
        thumbnails=MakeThumbnails(runner, open_image),
        pyramids=BuildPyramids(workspace, runner, notices),
        recent=recent,
        settings=change,
        keys=BindKeys(settings, notices, ask, workspace),
    )
