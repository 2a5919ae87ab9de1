"""The cache keeps what was used last, within its budget."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from allviewer.imaging.tile_cache import TileCache


def test_the_least_recently_used_goes_first():
    cache = TileCache(30)
    for name in "abc":
        cache.put((name,), name, 10)
    assert cache.get(("a",)) == "a"
    cache.put(("d",), "d", 10)
    assert cache.get(("b",)) is None
    assert [cache.get((name,)) for name in "acd"] == ["a", "c", "d"]


def test_replacing_a_value_counts_it_once():
    cache = TileCache(30)
    cache.put(("a",), 1, 20)
    cache.put(("a",), 2, 25)
    assert (cache.get(("a",)), cache.held_bytes, len(cache)) == (2, 25, 1)


def test_what_is_larger_than_the_budget_is_not_kept():
    cache = TileCache(30)
    cache.put(("small",), 1, 10)
    cache.put(("huge",), 2, 31)
    assert cache.get(("huge",)) is None
    assert cache.get(("small",)) == 1


def test_dropping_an_image_leaves_the_others():
    cache = TileCache(1000)
    for image in ("one", "two"):
        for tile in range(5):
            cache.put((image, tile), tile, 10)
    cache.drop(("one",))
    assert cache.get(("one", 3)) is None
    assert cache.get(("two", 3)) == 3
    assert cache.held_bytes == 50
    cache.drop(())
    assert (len(cache), cache.held_bytes) == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), max_size=60))
def test_never_more_than_the_budget(puts):
    cache = TileCache(100)
    for key, size in puts:
        cache.put((key,), key, size)
        assert cache.held_bytes <= 100
    sizes = {}
    sizes.update(dict(puts))
    assert cache.held_bytes == sum(sizes[key] for key in sizes if cache.get((key,)) is not None)


def test_many_threads_at_once():
    cache = TileCache(500)

    def work(start):
        for number in range(start, start + 2000):
            cache.put((number % 97,), number, number % 13)
            cache.get((number % 31,))
            if number % 50 == 0:
                cache.drop((number % 97,))

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 <= cache.held_bytes <= 500
    cache.drop(())
    assert cache.held_bytes == 0
