# SPDX-License-Identifier: GPL-3.0-or-later
"""Real small files, each as a surface and as a curve: right, or refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

# What is reported in the end: as a surface, and as a curve.
ROWS = "its array is {}; a curve needs a list of values, or two columns, x and y."
PICTURE = "it is a picture; Create Surface reads those, by names such as .png and .tif."
FLAT = "its array has 1 dimension; rows and columns are needed, or frames, rows and columns."
CASES = {
    "tables/arc.asc": ("3 x 4 values from 1 to 12, 1 of them holes.", ROWS.format("3 x 4")),
    "tables/c_drop.csv": ("5 x 2 values from 0 to 5, 2 of them holes.", "a curve of 3 points."),
    "tables/idx.csv": ("3 x 3 values from 3 to 10.", ROWS.format("3 x 3")),
    "tables/latin1.csv": ("2 x 2 values from 1 to 4.", "a curve of 2 points."),
    "tables/offset.npy": ("60 x 80 values from 100 to 400.", ROWS.format("60 x 80")),
    "tables/one_col_deccomma.csv": ("3 x 2 values from 1 to 9.", "a curve of 3 points."),
    "tables/one_na.csv": ("3 x 2 values from 0 to 4, 1 of them holes.", "a curve of 2 points."),
    "tables/quoted.csv": ("3 x 3 values from 1 to 9.", ROWS.format("3 x 3")),
    "tables/semi_dec.csv": ("12 x 10 values from 101.8 to 155.6.", ROWS.format("12 x 10")),
    "tables/tab_dec.txt": ("101,784 could be 101.784 or 101784; write decimal points",) * 2,
    "tables/tiny.npy": ("too close together for single precision; multiply them first.",
                        ROWS.format("60 x 80")),
    "tables/utf16.csv": ("12 x 10 values from 101.8 to 155.6.", ROWS.format("12 x 10")),
    "tables/xyz.txt": ("10 x 10 values from 101.8 to 145.5.", ROWS.format("100 x 3")),
    "tables/zz_drop1.csv": ("5 x 3 values from 0 to 9, 2 of them holes.", ROWS.format("5 x 3")),
    "tables/zz_drop3.csv": ("4 x 3 values from 1.5 to 12.", ROWS.format("4 x 3")),
    "tables/zz_drop4.txt": ("4 x 2 values from 1.5 to 6.", "a curve of 4 points."),
    "pictures/dem_i16_nodata.tif": ("60 x 80 values from 100 to 400, 151 of them holes.", PICTURE),
    "pictures/dem_u16.tif": ("60 x 80 values from 100 to 400.", PICTURE),
    "pictures/dem_u16_zstd.tif": ("it is packed by Zstandard, which is not read;", PICTURE),
    "pictures/stack_u16.tif": ("60 x 80 values in 6 frames from 20 to 480;", PICTURE),
    "pictures/trns.png": ("60 x 80 values from 0.003922 to 1, 878 of them holes.", PICTURE),
    "pictures/zz_trunc.tif": ("it ends early: strip 1 of 2 is not complete.", PICTURE),
    "figures/phase.npy": (FLAT, "a curve of 2,000 points."),
    "figures/wave.npy": (FLAT, "a curve of 2,000 points."),
}  # fmt: skip
# What is guessed or changed on the way is said before.
SAID = {
    "tables/arc.asc": "It was read as an ESRI grid; -9999 means no data, as in 1 of its cells.",
    "tables/idx.csv": "The first line and the first column are counters; they are not values.",
    "tables/latin1.csv": "Line 1 is not UTF-8; it was read as Windows-1252.",
    "tables/offset.npy": "1,000,000,000 was subtracted from its values,",
    "tables/one_col_deccomma.csv": "It was read as two columns separated by a comma;",
    "tables/semi_dec.csv": "Decimal commas were found, as in 101,784.",
    "pictures/trns.png": "Its numbers were divided by their maximum, so white is 1;",
    "tables/xyz.txt": "Its rows were read as x, y and height of 100 points, on a grid of 10 x 10;",
    "tables/zz_drop4.txt": "Decimal commas were found, as in 1,5.",
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_right_or_refused(bpy, shared_data: Path, capfd, name):
    path = shared_data / "cases" / name
    ops = bpy.ops.surface_slicer
    for made, expected in zip((ops.create_surface, ops.create_curve), CASES[name], strict=True):
        before = len(bpy.data.objects)
        try:
            made(filepath=str(path), at_origin=True)
            refused = False
        except RuntimeError:
            refused = True
        told = capfd.readouterr().out
        assert expected in told and path.name in told
        # A refusal leaves nothing in the scene.
        assert (len(bpy.data.objects) == before) == refused
        if not refused:
            assert SAID.get(name, "") in told


def test_no_case_is_left_out(shared_data: Path):
    folders = ("tables", "pictures", "figures")
    there = {
        path.relative_to(shared_data / "cases").as_posix()
        for folder in folders
        for path in (shared_data / "cases" / folder).iterdir()
    }
    assert there == set(CASES)


def test_what_often_means_no_data_is_told(bpy, tmp_path: Path, capfd):
    """Of heights far below all others; typed, it makes holes."""
    heights = np.linspace(100, 400, 20).reshape(4, 5)
    path = tmp_path / "a.npy"
    for missing, told in ((-9999.0, True), (-9998.0, False), (50.0, False)):
        heights[0, :2] = missing
        np.save(path, heights)
        bpy.ops.surface_slicer.create_surface(filepath=str(path))
        assert ("2 of its values are -9999, far from all others" in capfd.readouterr().out) == told
    heights[0, :2] = -3.4e38
    np.save(path, heights)
    with pytest.raises(RuntimeError, match="if -3.4e.38 means no data, type it under No Data"):
        bpy.ops.surface_slicer.create_surface(filepath=str(path))
    bpy.ops.surface_slicer.create_surface(filepath=str(path), no_data="-3.4e38")
    assert bpy.context.object.surface_slicer.holes == 2


def test_what_a_picture_does_not_hold_is_told(bpy, tmp_path: Path, capfd):
    """That it is animated, and that its heights are the mean of its colors."""
    pixels = np.random.default_rng(0).integers(0, 255, (20, 30, 3), np.uint8)
    Image.fromarray(pixels).save(
        tmp_path / "a.png", save_all=True, append_images=[Image.fromarray(pixels[::-1])]
    )
    Image.fromarray(pixels).save(tmp_path / "a.tif")
    Image.fromarray(pixels[:, :, 0]).save(tmp_path / "b.png")
    for name, told in (("a.png", (True, True)), ("a.tif", (False, True)), ("b.png", (False,) * 2)):
        bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / name))
        said = capfd.readouterr().out
        sentences = ("It is animated; its first picture was read.", "are the mean of its colors.")
        assert tuple(sentence in said for sentence in sentences) == told
