"""`python -m tests.benchmarks.networks_probe IMAGE REPEATS`: times of a run on two threads, and of its network calls."""

import json
import resource
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from allviewer.imaging.openers import open_image
from allviewer.inference.catalogue import Catalogue
from allviewer.inference.detect import DetectRequest, detect_cells
from allviewer.inference.onnx_session import OnnxSession, SessionCache
from allviewer.progress import CancelToken, no_report
from allviewer.resources import resources_dir

THREADS = 2
MANY = 20
"""Calls of a single field are fewer."""


class Recording(SessionCache):
    """Sessions that note which pictures they were given, by size."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[OnnxSession, tuple[int, ...]]] = []

    def get(self, pack, device="auto", threads=None):
        session = super().get(pack, device, threads)
        if "run" not in vars(session):
            run = session.run

            def noted(batch, cancel):
                self.calls.append((session, batch.shape))
                return run(batch, cancel)

            session.bare, session.run = run, noted
        return session


def bare_seconds(calls) -> float:
    """The same calls on pictures of the same sizes: of many patches two at once, as a run does them."""
    pictures = {shape: np.random.default_rng(0).integers(0, 256, shape, np.uint8) for _, shape in calls}
    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS if len(calls) > MANY else 1) as pool:
        list(pool.map(lambda call: call[0].bare(pictures[call[1]], CancelToken()), calls))
    return time.perf_counter() - started


def main(path: Path, repeats: int) -> None:
    cv2.setNumThreads(1)
    catalogue = Catalogue(resources_dir() / "models", Path("none"))
    segmentation, classifier, detector = (
        catalogue.default(task) for task in ("segmentation", "classification", "detection")
    )
    request = DetectRequest(segmentation, classifier, device="cpu", threads=THREADS, detector=detector)
    sessions, ours, bare, ours_cpu, bare_cpu = Recording(), [], [], [], []
    found = None
    for repeat in range(repeats + (repeats > 1)):  # the first of several loads the networks
        sessions.calls.clear()
        started, cpu_started = time.perf_counter(), time.process_time()
        source = open_image(path)
        found = detect_cells(source, request, CancelToken(), no_report, sessions=sessions)
        source.close()
        spent = time.perf_counter() - started
        spent_cpu = time.process_time() - cpu_started
        if repeat or repeats == 1:
            ours.append(1000 * spent)
            ours_cpu.append(spent_cpu)
            cpu_started = time.process_time()
            bare.append(1000 * bare_seconds(list(sessions.calls)))
            bare_cpu.append(time.process_time() - cpu_started)
    print(
        json.dumps(
            {
                "cells": len(found.cells),
                "ours_ms": statistics.median(ours),
                "bare_ms": statistics.median(bare),
                "cpu_s": statistics.median(ours_cpu),
                "bare_cpu_s": statistics.median(bare_cpu),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "stages": found.seconds,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
