"""Flattened tables are cells again for the reader; whole ones and prose stay as they are."""

from topline.excerpts import own_place, place, table_lines
from topline.filings import text_document
from topline.layouts import document_layout

FLAT = """\
The trial met its goal, as the table shows.

Velotinib (n=41)

Placebo (n=40)

Relief of pain

54.4%

5.8%

Freedom from rescue

61.0%

22.5%

Nobody died in 2 years."""


def test_a_flattened_table_is_put_back():
    layout = document_layout(text_document(FLAT))
    value = FLAT.index("22.5%")
    assert own_place(layout, value) == "table 1, row 3, column 3"
    assert place(layout, FLAT.index("Placebo"), value) == "column head"
    assert place(layout, FLAT.index("Freedom"), value) == "row label"
    assert len(table_lines(layout, value, [])) == 2


def test_paragraphs_that_are_no_table_stay_prose():
    text = FLAT.replace("22.5%\n\n", "")
    assert own_place(document_layout(text_document(text)), text.index("61.0%")).startswith("text, line")
    pipes = "Results\n\n| Event | Arm A |\n|---|---|\n| Rash | 3% |\n"
    document = text_document(pipes)
    assert document_layout(document).blocks == document.blocks
