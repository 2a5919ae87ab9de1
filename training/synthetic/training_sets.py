"""Writes synthetic training sets in the layout of `allviewer.exchange.training_set`."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image

import allviewer
from allviewer.domain.geometry import Region
from allviewer.errors import OutputError
from allviewer.exchange.training_set import (
    MANIFEST_FILE,
    LabelledCell,
    TrainingItem,
    TrainingSet,
    encode_training_set,
)
from allviewer.progress import CancelToken, Report
from training.synthetic.smear import Smear, SmearRenderer
from training.synthetic.spec import WHITE_CLASSES, SmearSpec
from training.synthetic.stains import random_optics, random_stain
from training.synthetic.truth_files import write_labels, write_png


def write_training_set(
    spec: SmearSpec, fields: int, folder: Path, cancel: CancelToken, report: Report, vary: bool = True
) -> TrainingSet:
    """Write `fields` smears of the spec's size, each with its own seed (and stain and optics, if `vary`).

    The truth holds white cells only, as a person would draw them. Every field is its own group. Raises OutputError.
    """
    items = []
    try:
        for name in ("images", "cells", "nuclei", "trust"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(fields):
            cancel.check()
            report(number / fields, f"field {number + 1} of {fields}")
            items.append(_write_item(field_spec(spec, number, vary), f"synthetic-{number:05d}", folder))
        manifest = TrainingSet(
            format=1,
            program=f"allviewer {allviewer.__version__} training.synthetic",
            created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
            classes=WHITE_CLASSES,
            items=tuple(items),
        )
        (folder / MANIFEST_FILE).write_bytes(encode_training_set(manifest))
    except OSError as error:
        raise OutputError(f"The training set cannot be written to {folder}: {error.strerror}.") from error
    report(1.0, f"{fields} fields")
    return manifest


def field_spec(spec: SmearSpec, number: int, vary: bool) -> SmearSpec:
    """The spec of field `number` of a set: another smear, and another laboratory if `vary`."""
    rng = np.random.default_rng((spec.seed, number))
    seed = int(rng.integers(2**32))
    if not vary:
        return replace(spec, seed=seed)
    return replace(
        spec,
        seed=seed,
        stain=random_stain(rng),
        optics=random_optics(rng),
        blast_fraction=float(np.clip(spec.blast_fraction + rng.normal(0, 0.2), 0, 1)),
        white_cells_per_mm2=float(spec.white_cells_per_mm2 * rng.uniform(0.6, 1.6)),
        red_cells_per_mm2=float(spec.red_cells_per_mm2 * rng.uniform(0.5, 1.4)),
    )


def _write_item(spec: SmearSpec, name: str, folder: Path) -> TrainingItem:
    smear = SmearRenderer(spec).render(Region(0, 0, spec.width, spec.height)).only_white()
    image = folder / "images" / f"{name}.png"
    write_png(image, smear.image, spec.mpp)
    write_labels(folder / "cells" / f"{name}.tif", smear.cells)
    write_labels(folder / "nuclei" / f"{name}.tif", smear.nuclei)
    Image.fromarray(np.full(smear.cells.shape, 255, np.uint8)).save(folder / "trust" / f"{name}.png", optimize=True)
    return _item(smear, name, hashlib.sha256(image.read_bytes()).hexdigest())


def _item(smear: Smear, name: str, sha256: str) -> TrainingItem:
    return TrainingItem(
        id=name,
        image=f"images/{name}.png",
        cells_file=f"cells/{name}.tif",
        nuclei_file=f"nuclei/{name}.tif",
        trust_file=f"trust/{name}.png",
        width=smear.region.width,
        height=smear.region.height,
        group=name,
        source=f"synthetic smear, seed {smear.spec.seed}",
        source_sha256=sha256,
        mpp=smear.spec.mpp,
        x=0,
        y=0,
        cells=tuple(LabelledCell(cell.id, cell.label, "accepted", "synthetic") for cell in smear.table),
    )
