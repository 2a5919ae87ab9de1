"""Sound files of every kind that is read, small, each in a folder of its own: what the mutants are made from."""

import io

import numpy as np
import tifffile
from PIL import Image

from tests.imaging import vendor_files
from tests.imaging.czi_files import JPEG_XR, UNCOMPRESSED, ZSTD_0, write_czi
from tests.imaging.dicom_files import write_dicom
from tests.imaging.icc import rgb_profile
from tests.imaging.slide_files import write_mirax, write_ndpi, write_vms
from tests.imaging.zarr_files import write_ome_zarr

WIDTH, HEIGHT = 256, 224
LABEL = np.add.outer(np.arange(90), np.arange(120))[:, :, None].repeat(3, axis=2).astype(np.uint8)


def _levels(pixels):
    return [pixels, pixels[::2, ::2].copy(), pixels[::4, ::4].copy()]


def _plain(name, **options):
    def make(folder, pixels):
        Image.fromarray(pixels).save(folder / name, **options)
        return folder / name

    return make


def _exif_jpeg(folder, pixels):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    path = folder / "exif.jpg"
    Image.fromarray(pixels).save(path, exif=exif, icc_profile=rgb_profile(), dpi=(25400, 25400))
    return path


def _inks_jpeg(folder, pixels):
    path = folder / "inks.jpg"
    Image.fromarray(pixels).convert("CMYK").save(path)
    return path


def _mode(name, mode, **options):
    def make(folder, pixels):
        Image.fromarray(pixels).convert(mode).save(folder / name, **options)
        return folder / name

    return make


def _deep_png(folder, pixels):
    path = folder / "deep.png"
    Image.fromarray(pixels[:, :, 0].astype(np.uint16) * 16).save(path)
    return path


def _raw_j2k(folder, pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG2000", no_jp2=True, tile_size=(64, 64))
    path = folder / "raw.j2k"
    path.write_bytes(buffer.getvalue())
    return path


def _tiff(name, **options):
    def make(folder, pixels):
        tifffile.imwrite(folder / name, pixels, **{"photometric": "rgb", **options})
        return folder / name

    return make


def _pyramid(folder, pixels):
    path = folder / "pyramid.ome.tif"
    with tifffile.TiffWriter(path, ome=True) as writer:
        writer.write(pixels, photometric="rgb", tile=(32, 32), subifds=1, compression="jpeg")
        writer.write(pixels[::2, ::2], photometric="rgb", tile=(32, 32), subfiletype=1, compression="jpeg")
    return path


def _stack(folder, pixels):
    path = folder / "stack.ome.tif"
    values = np.moveaxis(pixels, 2, 0)[None].repeat(3, axis=0).astype(np.uint16) * 9
    tifffile.imwrite(path, values, metadata={"axes": "ZCYX", "PhysicalSizeX": 0.25, "PhysicalSizeY": 0.25})
    return path


def _palette_tiff(folder, pixels):
    path = folder / "palette.tif"
    Image.fromarray(pixels).quantize(50).save(path)
    return path


def _dialect(name, write):
    def make(folder, pixels):
        return write(folder / name, _levels(pixels), LABEL)

    return make


def _ventana(folder, pixels):
    # with a single column of tiles there would be no joints to tell of
    return vendor_files.write_ventana(folder / "v.bif", _levels(np.tile(pixels, (2, 2, 1))), LABEL)


def _mirax(folder, pixels):
    return write_mirax(folder / "m.mrxs", _levels(pixels), LABEL, image=(32, 28))


def _ndpi(planes):
    def make(folder, pixels):
        write_ndpi(folder / "h.ndpi", _levels(pixels), LABEL, planes=planes)
        return folder / "h.ndpi"

    return make


def _vms(folder, pixels):
    write_vms(folder / "h.vms", pixels, LABEL)
    return folder / "h.vms"


def _dicom(**options):
    def make(folder, pixels):
        write_dicom(folder, _levels(pixels), LABEL, **options)
        return folder / "level0.dcm"

    return make


def _czi(compression):
    def make(folder, pixels):
        write_czi(folder / "z.czi", _levels(pixels), [1, 2, 4], block=100, compression=compression, label=LABEL)
        return folder / "z.czi"

    return make


def _zarr(version, **options):
    def make(folder, pixels):
        planar = [np.moveaxis(level, 2, 0) for level in _levels(pixels)]
        return write_ome_zarr(folder / "o.zarr", planar, "cyx", version, **options)

    return make


SEEDS = {
    "png": _plain("plain.png"),
    "png grey with alpha": _mode("grey.png", "LA"),
    "png palette": _mode("palette.png", "P"),
    "png 16 bit": _deep_png,
    "jpeg": _plain("plain.jpg"),
    "jpeg progressive": _plain("progressive.jpg", progressive=True),
    "jpeg exif, icc": _exif_jpeg,
    "jpeg inks": _inks_jpeg,
    "bmp": _plain("plain.bmp"),
    "webp": _plain("plain.webp"),
    "webp lossless": _plain("lossless.webp", lossless=True),
    "gif": _plain("plain.gif"),
    "jpeg 2000": _plain("plain.jp2"),
    "jpeg 2000 raw": _raw_j2k,
    "tiff strips": _tiff("strips.tif", rowsperstrip=9),
    "tiff lzw": _tiff("lzw.tif", rowsperstrip=9, compression="lzw", predictor=True),
    "tiff deflate": _tiff("deflate.tif", tile=(64, 64), compression="deflate"),
    "tiff zstd": _tiff("zstd.tif", tile=(64, 64), compression="zstd", bigtiff=True),
    "tiff jpeg": _tiff("jpeg.tif", tile=(64, 64), compression="jpeg"),
    "tiff jpeg 2000": _tiff("jpeg2000.tif", tile=(64, 64), compression="jpeg2000"),
    "tiff webp": _tiff("webp.tif", tile=(64, 64), compression="webp"),
    "tiff jpeg xl": _tiff("jpegxl.tif", tile=(64, 64), compression="jpegxl"),
    "tiff planar": _tiff("imagej.tif", imagej=True, rowsperstrip=20),
    "tiff palette": _palette_tiff,
    "tiff pyramid": _pyramid,
    "tiff stack": _stack,
    "aperio": _dialect("a.svs", vendor_files.write_aperio),
    "philips": _dialect("p.tiff", vendor_files.write_philips),
    "ventana": _ventana,
    "leica": _dialect("l.scn", vendor_files.write_leica),
    "trestle": _dialect("t.tif", vendor_files.write_trestle),
    "mirax": _mirax,
    "ndpi": _ndpi(1),
    "ndpi planes": _ndpi(3),
    "vms": _vms,
    "dicom": _dicom(),
    "dicom jpeg": _dicom(encoding="jpeg"),
    "dicom planes": _dicom(encoding="runs", planes=3, sparse=True),
    "czi": _czi(UNCOMPRESSED),
    "czi zstd": _czi(ZSTD_0),
    "czi jpeg xr": _czi(JPEG_XR),
    "zarr 2": _zarr("0.4"),
    "zarr 3": _zarr("0.5", chunks=50, shards=(1, 150, 150)),
}
"""By kind: a function of (folder, pixels) that writes the file there and returns its path."""
