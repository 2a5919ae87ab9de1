"""Training, evaluation and export of the networks.

`__main__` is the command line; `tasks` says what a task module offers; `segmentation` and `classification` are the two
tasks. `config`, `splits`, `statistics`, `packs` and `loop` are shared. The viewer is seen only through `exchange` and,
so that a figure is measured with the code that will run, its engine (`imaging`, `inference`).
"""
