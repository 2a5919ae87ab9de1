"""What the window is given: the state it shows and the workflows it calls."""

from dataclasses import dataclass

from allviewer.jobs.runner import JobRunner
from allviewer.memory.byte_budget import ByteBudget
from allviewer.session.pixel_look import PixelLooks
from allviewer.session.selection import Selection
from allviewer.session.tool_state import ToolState
from allviewer.session.view_state import ViewState
from allviewer.session.workspace import Workspace
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
from allviewer.workflows.open_images import OpenImages
from allviewer.workflows.plan_training import PlanTraining
from allviewer.workflows.preview_stroke import PreviewStroke
from allviewer.workflows.recent_files import RecentFiles
from allviewer.workflows.reshape_cells import ReshapeCells
from allviewer.workflows.save_case import SaveCase
from allviewer.workflows.segment_click import SegmentClick
from allviewer.workflows.select_cells import SelectCells
from allviewer.workflows.set_scale import SetScale
from allviewer.workflows.show_image import ShowImage
from allviewer.workflows.trace_edge import TraceEdge
from allviewer.workflows.tune_method import TuneMethod
from allviewer.workflows.use_devices import UseDevices
from allviewer.workflows.walk_cells import WalkCells
from allviewer.workflows.weigh_run import WeighRun
from allviewer.workflows.what_next import WhatNext


@dataclass(frozen=True, slots=True)
class Session:
    """State that panels follow, and what all of them share."""

    workspace: Workspace
    selection: Selection
    view: ViewState
    tools: ToolState
    looks: PixelLooks
    runner: JobRunner
    memory: ByteBudget


@dataclass(frozen=True, slots=True)
class Workflows:
    """One object an intention."""

    glimpse: Glimpse
    open_images: OpenImages
    show_image: ShowImage
    save_case: SaveCase
    care: CareForCase
    detect: DetectCells
    weigh: WeighRun
    tune: TuneMethod
    explain: ExplainCell
    first_look: FirstLook
    select: SelectCells
    correct: CorrectCells
    classes: ChooseClasses
    divide: DivideCells
    copy: CopyCells
    reshape: ReshapeCells
    stroke: PreviewStroke
    grow: GrowRegion
    click: SegmentClick
    trace: TraceEdge
    outline: EditOutline
    walk: WalkCells
    what_next: WhatNext
    mark: MarkImage
    scale: SetScale
    bookmarks: KeepBookmarks
    describe: DescribeImage
    export_view: ExportView
    compare: CompareViews
    import_cells: ImportCells
    packs: InstallPack
    adopt: AdoptPack
    judge: JudgePack
    export_results: ExportResults
    export_training: ExportTrainingSet
    fine_tune: FineTune
    plan_training: PlanTraining
    devices: UseDevices
    thumbnails: MakeThumbnails
    pyramids: BuildPyramids
    recent: RecentFiles
    settings: ChangeSettings
    keys: BindKeys
