"""The window on a small screen."""


def test_the_window_fits_a_screen_of_1280_by_720(start):
    hands = start()
    least = hands.window.minimumSizeHint()
    assert least.width() <= 1280
    assert least.height() <= 720 - 30, "with the bar that the system puts above it"
