"""Command line: `python -m training.synthetic field | slide | set`."""

import argparse
import sys
from pathlib import Path

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.errors import UserError
from allviewer.progress import CancelToken
from training.synthetic.slide_files import write_slide
from training.synthetic.smear import SmearRenderer
from training.synthetic.spec import Optics, SmearSpec, SpecError
from training.synthetic.stains import PRESETS, random_optics, random_stain
from training.synthetic.training_sets import write_training_set
from training.synthetic.truth_files import read_truth, write_field

_EXAMPLES = """examples:
  python -m training.synthetic field --out demo --seed 7 --width 1600 --height 1200
  python -m training.synthetic slide --out slides --seed 7 --width 100000 --height 100000
  python -m training.synthetic field --out part --like slides/smear.truth.json --region 5000 8000 1024 1024
  python -m training.synthetic set --out set --seed 7 --fields 200 --width 512 --height 512
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if all went well, 2 for an expected error."""
    options = _parser().parse_args(arguments)
    try:
        _COMMANDS[options.command](options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _field(options: argparse.Namespace) -> None:
    spec = read_truth(options.like).spec if options.like else _spec(options)
    region = Region(*options.region) if options.region else Region(0, 0, spec.width, spec.height)
    smear = SmearRenderer(spec).render(region)
    for path in write_field(smear if options.all_cells else smear.only_white(), options.out, options.name):
        print(path)


def _slide(options: argparse.Namespace) -> None:
    for path in write_slide(_spec(options), options.out, options.name, CancelToken(), _show):
        print(path)


def _set(options: argparse.Namespace) -> None:
    spec = _spec(options)
    vary = options.stain == "random"
    manifest = write_training_set(spec, options.fields, options.out, CancelToken(), _show, vary)
    print(f"{options.out}: {len(manifest.items)} fields, {sum(len(item.cells) for item in manifest.items)} white cells")


_COMMANDS = {"field": _field, "slide": _slide, "set": _set}


def _show(fraction: float, message: str) -> None:
    print(f"\r{fraction:6.1%}  {message:40}", end="\n" if fraction >= 1 else "", file=sys.stderr, flush=True)


def _spec(options: argparse.Namespace) -> SmearSpec:
    rng = np.random.default_rng((max(options.seed, 0), 81))
    random = options.stain == "random"
    if not random and options.stain not in PRESETS:
        raise SpecError(f"There is no stain {options.stain!r}.", f"Choose random or one of {', '.join(PRESETS)}.")
    return SmearSpec(
        width=options.width,
        height=options.height,
        mpp=options.mpp,
        seed=options.seed,
        white_cells_per_mm2=options.white_cells,
        blast_fraction=options.blasts,
        cluster_fraction=options.clusters,
        red_cells_per_mm2=options.red_cells,
        platelets_per_mm2=options.platelets,
        variants=options.variants,
        stain=random_stain(rng) if random else PRESETS[options.stain],
        optics=random_optics(rng) if random else Optics(),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.synthetic",
        description="Make synthetic blood smears with exact truth. The same seed and options give the same smear.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    field = commands.add_parser("field", help="one picture with label images and a table of its cells")
    field.add_argument("--like", type=Path, metavar="TRUTH", help="use the smear of this .truth.json, not the options")
    field.add_argument(
        "--region", type=int, nargs=4, metavar=("X", "Y", "W", "H"), help="this part of the smear, in its pixels"
    )
    field.add_argument("--all-cells", action="store_true", help="label red cells, platelets and artefacts too")
    slide = commands.add_parser("slide", help="a tiled pyramid (BigTIFF) of any size with a table of its white cells")
    training_set = commands.add_parser("set", help="a training set in the layout that the viewer exports")
    training_set.add_argument("--fields", type=int, default=50, help="number of pictures (%(default)s)")
    _add_common(field, width=1600, height=1200, stain="cellavision", variants=256)
    _add_common(slide, width=20000, height=20000, stain="cellavision", variants=48)
    _add_common(training_set, width=640, height=480, stain="random", variants=256)
    return parser


def _add_common(parser: argparse.ArgumentParser, width: int, height: int, stain: str, variants: int) -> None:
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder to write to; made if it is not there")
    add("--seed", type=int, required=True, help="0 or more; another seed, another smear")
    add("--name", default="smear", help="files are called NAME.png and so on (%(default)s)")
    add("--width", type=int, default=width, help="pixels (%(default)s)")
    add("--height", type=int, default=height, help="pixels (%(default)s)")
    add("--mpp", type=float, default=0.1, help="micrometres per pixel (%(default)s)")
    add("--stain", default=stain, help=f"random, or one of {', '.join(PRESETS)} (%(default)s)")
    add("--white-cells", type=float, default=1200.0, help="white cells per mm2 (%(default)s)")
    add("--blasts", type=float, default=0.4, help="part of the white cells that are blasts (%(default)s)")
    add("--clusters", type=float, default=0.12, help="part of the white cells' groups that are clusters (%(default)s)")
    add("--red-cells", type=float, default=8500.0, help="red cells per mm2 (%(default)s)")
    add("--platelets", type=float, default=900.0, help="platelets per mm2 (%(default)s)")
    add("--variants", type=int, default=variants, help="different cells drawn of each class (%(default)s)")


if __name__ == "__main__":
    sys.exit(main())
