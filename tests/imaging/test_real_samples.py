"""Every real sample file opens, and every damaged one is refused by name."""

import pytest

from allviewer.errors import ImageError
from allviewer.imaging.find_images import find_images
from allviewer.imaging.openers import open_image

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def samples(data_dir):
    return data_dir / "viewer_samples"


def test_all_sound_files_open_and_read_at_every_level(samples):
    for path in find_images([samples / "slides", samples / "tiff", samples / "jpeg2000"]):
        source = open_image(path)
        for index, level in enumerate(source.info.levels):
            pixels = source.read(index, level.width - 5, level.height - 5, 10, 10)
            assert pixels.shape == (10, 10, 3), path
            assert (pixels[5:] == 255).all(), path
        source.close()


def test_all_damaged_files_are_refused_by_name(samples):
    damaged = sorted((samples / "damaged").iterdir())
    assert len(damaged) == 4
    for path in damaged:
        with pytest.raises(ImageError) as caught:
            open_image(path)
        assert path.name in caught.value.sentence
