"""Paper 004: L. Zaiter and R. Zwiggelaar, "Acute Lymphocytic Leukemia Detection Using Deep Learning Methods".

A threshold from three clusters of grey levels, and a light CNN, on ALL-IDB1 and ALL-IDB2.

Fields (or cells) are masked by the threshold first (section 4.1). ResNet-50 and RegNet have weights of ImageNet. Adam
1e-4, 25 epochs, cross-entropy (section 4.2 and table 1). "Five-fold" in the abstract, "four-fold" in section 4.2.
"""

from training.experiments.experiment import Experiment, Model, Optimiser, printed
from training.preprocessing.settings import Preparation

ADAM = Optimiser(name="adam", learning_rate=1e-4)
EPOCHS = 25
READING = (
    "256 px for fields, 128 px for cells, batches of 16 (not stated); of three grey clusters the darkest is kept; four "
    "folds as section 4.2 says; networks of the zoo from scratch here."
)
FOLDS = "Abstract: five folds; section 4.2: four. 99 % is 107 of 108: differences of 1 to 3 points are not significant."
SHORTCUT = "The authors note that the network counts white cells in the field, not blasts."


def _row(model: Model, title: str, data: str, stand_in: str, value: float, size_px: int, doubt: str) -> Experiment:
    return Experiment(
        name=f"004-{model.name}-{data.removeprefix('all_')}",
        paper="004",
        title=f"{title}, {data.replace('all_idb', 'ALL-IDB')}",
        task="classification",
        model=model,
        data=(data, stand_in),
        preparation=Preparation(size_px=size_px, region="grey-clusters"),
        optimiser=ADAM,
        epochs=EPOCHS,
        batch=16,
        paper_protocol="four_fold_by_picture",
        published=printed("table 1", doubt, accuracy=value, precision=value, recall=value, f1=value),
        reading=READING,
    )


_CNN, _RESNET, _REGNET = Model(name="elu-cnn"), Model(name="resnet50"), Model(name="regnet")

EXPERIMENTS = (
    _row(_CNN, "Light CNN", "all_idb1", "taleqani_all", 0.99, 256, SHORTCUT),
    _row(_CNN, "Light CNN", "all_idb2", "cnmc2019", 0.98, 128, FOLDS),
    _row(_REGNET, "RegNet", "all_idb1", "taleqani_all", 0.97, 256, ""),
    _row(_REGNET, "RegNet", "all_idb2", "cnmc2019", 0.98, 128, ""),
    _row(_RESNET, "ResNet-50", "all_idb1", "taleqani_all", 0.96, 256, ""),
    _row(_RESNET, "ResNet-50", "all_idb2", "cnmc2019", 0.98, 128, ""),
)
