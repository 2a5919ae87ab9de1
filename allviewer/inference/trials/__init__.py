"""Packs on trial: run on pictures whose cells people know, compared with each other, judged by the guard."""
