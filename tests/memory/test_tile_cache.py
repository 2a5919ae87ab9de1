"""Caches keep what was used last, all of them together within one budget."""

import gc
import threading

from hypothesis import given
from hypothesis import strategies as st

from allviewer.memory.byte_budget import LEAST_BYTES, ByteBudget, default_bytes, memory_bytes
from allviewer.memory.tile_cache import TileCache


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


def test_caches_share_one_budget_and_the_oldest_value_goes_whoever_has_it():
    budget = ByteBudget(100)
    tiles, files = TileCache(budget), TileCache(budget, 40)
    tiles.put(("old",), 1, 30)
    files.put(("first",), 1, 20)
    files.put(("second",), 2, 20)
    tiles.put(("new",), 2, 30)
    assert (budget.held_bytes, len(tiles), len(files)) == (100, 2, 2)
    assert tiles.get(("old",)) == 1
    tiles.put(("newer",), 3, 10)
    assert files.get(("first",)) is None, "it was not used for longest"
    assert tiles.get(("old",)) == 1
    files.put(("third",), 3, 25)
    assert (files.held_bytes, files.get(("second",))) == (25, None), "its own bound"


def test_a_cache_that_nobody_has_any_more_leaves_its_room_to_others():
    budget = ByteBudget(100)
    gone, kept = TileCache(budget), TileCache(budget)
    gone.put(("a",), 1, 90)
    del gone
    gc.collect()
    assert budget.held_bytes == 0
    kept.put(("b",), 2, 100)
    assert kept.get(("b",)) == 2


def test_a_smaller_budget_holds_at_once():
    budget = ByteBudget(100)
    caches = [TileCache(budget), TileCache(budget)]
    for number in range(10):
        caches[number % 2].put((number,), number, 10)
    budget.set_most(35)
    assert [cache.values() for cache in caches] == [[8], [7, 9]]


def test_looking_without_using():
    cache = TileCache(20)
    cache.put(("a",), 1, 10)
    cache.put(("b",), 2, 10)
    assert cache.peek(("a",)) == 1
    cache.put(("c",), 3, 10)
    assert (cache.peek(("a",)), cache.peek(("b",))) == (None, 2)
    cache.forget(("b",))
    assert cache.held_bytes == 10


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 60)), max_size=60))
def test_all_caches_together_never_have_more(puts):
    budget = ByteBudget(100)
    caches = [TileCache(budget), TileCache(budget, 50), TileCache(budget, 10)]
    for which, key, size in puts:
        caches[which].put((key,), key, size)
        caches[key % 3].get((key,))
        assert budget.held_bytes == sum(cache.held_bytes for cache in caches) <= 100
        assert caches[1].held_bytes <= 50
        assert caches[2].held_bytes <= 10


def test_the_default_is_a_share_of_the_machine():
    assert LEAST_BYTES <= default_bytes() <= max(LEAST_BYTES, memory_bytes() // 32)
