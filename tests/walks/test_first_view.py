"""What is seen of an image at first: all of it, unless a case is taken up again where it was left."""

from PIL import Image

from allviewer.storage.case_file import CaseFile


def look_closely(hands):
    view = hands.program.session.view
    view.zoom_by(5.0 / view.scale)
    view.center_on((100, 120))


def test_an_image_opened_by_its_name_is_seen_whole(start, smear):
    hands = start()
    hands.open_and_wait(smear)
    look_closely(hands)
    hands.close()
    again = start()
    again.open_and_wait(smear)
    view = again.program.session.view
    assert view.is_fitted
    assert view.visible_region.contains(view.bounds)


def test_the_next_image_is_seen_whole_and_the_one_before_where_it_was_left(start, smear):
    Image.new("RGB", (600, 400), "pink").save(smear.with_name("other.png"))
    hands = start()
    hands.open_and_wait(smear.parent)
    view = hands.program.session.view
    look_closely(hands)
    hands.do("next_image")
    hands.wait(lambda: hands.document is not None and hands.document.name == "smear.png")
    assert view.is_fitted
    hands.do("previous_image")
    hands.wait(lambda: hands.document is not None and hands.document.name == "other.png")
    assert (view.center, view.scale) == ((100, 120), 5.0)


def test_a_case_is_taken_up_where_it_was_left_even_after_a_crash(start, smear, answers, tmp_path):
    answers.new_case_path = tmp_path / "mine.allcase"
    hands = start()
    hands.open_and_wait(smear)
    hands.do("save_as")
    hands.wait(lambda: hands.program.session.workspace.case.is_named)
    look_closely(hands)

    def is_noted():
        with CaseFile.open(answers.new_case_path, read_only=True) as case:
            view = case.images()[0].view
            return view is not None and view.scale == 5.0

    hands.wait(is_noted)  # before the program has ended: it might be killed now
    hands.close()
    again = start()
    again.open_and_wait(answers.new_case_path)
    view = again.program.session.view
    assert (view.center, view.scale) == ((100, 120), 5.0)
