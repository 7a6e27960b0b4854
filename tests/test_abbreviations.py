import pytest

from topline.mentions import abbreviations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The overall response rate (ORR) was 40%.", [("ORR", "overall response rate")]),
        ("ORR (overall response rate) was 40%.", [("ORR", "overall response rate")]),
        ("a complete response, or CR, in six", [("CR", "complete response")]),
        ("progression-free survival (“PFS”) rose", [("PFS", "progression-free survival")]),
        ("hypomethylating agents (HMAs) failed", [("HMAs", "hypomethylating agents")]),
        ("an adverse event (AE; any grade)", [("AE", "adverse event")]),
        ("an adverse event (AE; any\ngrade)", [("AE", "adverse event")]),
        ("an adverse event (AE; any\n\ngrade)", []),
        ("Durability was good. Rates (DR) fell", []),
        ("in patients (n=54) and (Figure 2)", []),
        ("the drug (Xelvanta) was safe", []),
        ("levels below 70 milligrams a decilitre (mg/dL)", []),
        ("the study (see above)", []),
        ("response (rate) of", []),
        ("(CR)", []),
    ],
)
def test_find(text, expected):
    found = abbreviations.find(text)
    assert [(definition.short, definition.long) for definition in found] == expected
    for definition in found:
        assert text[definition.short_start : definition.short_end] == definition.short
        assert text[definition.long_start : definition.long_end] == definition.long


@pytest.mark.parametrize(
    ("short", "long", "start"),
    [
        ("CR", "the complete response", 4),
        ("HF", "of heart failure", 3),
        ("CR", "the increased rate", None),
        ("XYZ", "", None),
    ],
)
def test_long_form_start(short, long, start):
    assert abbreviations.long_form_start(short, long) == start


def test_first_definition_counts():
    text = "complete response (CR) was seen. Chronic rejection (CR) was not."
    assert abbreviations.expansions(text)["CR"].long == "complete response"
