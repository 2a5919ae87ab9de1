"""Writes small drawn sets in the layouts in which the public ones are downloaded."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image


def field(seed: int, side: int = 64, cut_out: bool = False) -> np.ndarray:
    """A purple cell on pink, or cut out on black; another one for every seed."""
    rng = np.random.default_rng(seed)
    image = np.full((side, side, 3), (0, 0, 0) if cut_out else (235, 205, 210), np.uint8)
    x, y = (int(v) for v in rng.integers(side // 3, 2 * side // 3, 2))
    cv2.circle(image, (x, y), side // 4, (185, 160, 215), -1)
    cv2.circle(image, (x + 2, y), side // 6, (90, 40, 140), -1)
    for _ in range(6):
        spot = tuple(int(v) for v in rng.integers(0, side, 2))
        if not cut_out or image[spot[1], spot[0]].any():
            cv2.circle(image, spot, 2, tuple(int(v) for v in rng.integers(60, 200, 3)), -1)
    return image


def save(path: Path, image: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path, quality=95)
    return path


def write_cnmc(folder: Path) -> Path:
    """Two folds of training, the preliminary test with its labels, the final test without."""
    seed = 0
    for fold, label, subjects in (("fold_0", "all", ("1", "51", "75")), ("fold_1", "hem", ("H4", "H5", "H9"))):
        for subject in subjects:
            for cell in (1, 2):
                seed += 1
                name = f"UID_{subject}_7_{cell}_{label}.bmp"
                save(folder / "C-NMC_training_data" / fold / label / name, field(seed, cut_out=True))
    test = folder / "C-NMC_test_prelim_phase_data"
    rows = ["Patient_ID,new_names,labels", "UID_57_29_1_all.bmp,1.bmp,1", "UID_H49_20_1_hem.bmp,2.bmp,0"]
    test.mkdir(parents=True)
    (test / "C-NMC_test_prelim_phase_data_labels.csv").write_text("\n".join(rows) + "\n")
    for number in (1, 2):
        save(test / "C-NMC_test_prelim_phase_data" / f"{number}.bmp", field(100 + number, cut_out=True))
    save(folder / "C-NMC_test_final_phase_data" / "1.bmp", field(200, cut_out=True))
    return folder


def write_taleqani(folder: Path) -> Path:
    """Two classes of 41 fields (so two groups each), originals and segmented copies."""
    for number, (name, stem) in enumerate((("Benign", "WBC-Benign"), ("Early", "WBC-Malignant-Early"))):
        for index in (1, 2, 40, 41):
            image = field(50 * number + index)
            save(folder / "Original" / name / f"{stem}-{index:03d}.jpg", image)
            cell = (image[..., 1] < 170)[..., None]
            save(folder / "Segmented" / name / f"{stem}-{index:03d}.jpg", np.where(cell, image, 0).astype(np.uint8))
    return folder


def write_idb1(folder: Path) -> Path:
    """Two patients' fields with marked blasts, two healthy ones."""
    for number, sick in ((1, 1), (2, 1), (40, 0), (41, 0)):
        stem = f"Im{number:03d}_{sick}"
        save(folder / "im" / f"{stem}.jpg", field(number, 128))
        (folder / "xyc").mkdir(exist_ok=True)
        (folder / "xyc" / f"{stem}.xyc").write_text("30\t40\n70 \t 80\n" if sick else "")
    return folder


def write_idb2(folder: Path) -> Path:
    for number, sick in ((1, 1), (2, 1), (131, 0), (132, 0)):
        save(folder / "img" / f"Im{number:03d}_{sick}.tif", field(number))
    return folder


def write_bccd(folder: Path) -> Path:
    for number in (0, 9, 10):
        stem = f"BloodImage_{number:05d}"
        save(folder / "BCCD" / "JPEGImages" / f"{stem}.jpg", field(number))
        boxes = "".join(
            f"<object><name>{kind}</name><bndbox><xmin>{x}</xmin><ymin>20</ymin><xmax>{x + 20}</xmax>"
            "<ymax>44</ymax></bndbox></object>"
            for kind, x in (("WBC", 20), ("RBC", 2), ("Platelets", 40))
        )
        table = folder / "BCCD" / "Annotations" / f"{stem}.xml"
        table.parent.mkdir(parents=True, exist_ok=True)
        table.write_text(f"<annotation><filename>{stem}.jpg</filename>{boxes}</annotation>")
    return folder


def write_wbc(folder: Path) -> Path:
    """Numbers that are in twice in the real set have the same picture here too."""
    for dataset, numbers in (("1", (1, 10, 11, 112, 139)), ("2", (1, 6))):
        rows = ["image ID,class label"]
        for number in numbers:
            image = field((112 if number == 139 else number) + 500 * int(dataset))
            save(folder / f"Dataset {dataset}" / f"{number:03d}.bmp", image)
            mask = np.where(image[..., 1] < 100, 255, np.where(image[..., 1] < 170, 128, 0)).astype(np.uint8)
            save(folder / f"Dataset {dataset}" / f"{number:03d}.png", mask)
            rows.append(f"{number},{1 + number % 5}")
        (folder / f"Class Labels of Dataset {dataset}.csv").write_text("\n".join(rows) + "\n")
    return folder


def write_txl(folder: Path) -> Path:
    for part, stem in (("train", "aa"), ("val", "bb"), ("test", "cc")):
        save(folder / "images" / part / f"{stem}.png", cv2.resize(field(ord(stem[0])), (360, 363)))
        table = folder / "labels" / part / f"{stem}.txt"
        table.parent.mkdir(parents=True, exist_ok=True)
        table.write_text("0 0.5 0.5 0.4 0.4\n1 0.1 0.1 0.1 0.1\n")
    return folder


WRITERS = {
    "cnmc2019": write_cnmc,
    "taleqani_all": write_taleqani,
    "all_idb1": write_idb1,
    "all_idb2": write_idb2,
    "bccd": write_bccd,
    "segmentation_wbc": write_wbc,
    "txl_pbc": write_txl,
}
