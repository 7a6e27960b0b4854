import pytest

from topline.mentions import drugs


def found(text):
    return [(text[mention.start : mention.end], mention.code) for mention in drugs.match(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the table
        ("8 on placebo, 9 on Keytruda", [("placebo", "placebo"), ("Keytruda", "pembrolizumab")]),
        ("statins and a diuretic", [("statins", "statin"), ("diuretic", "diuretic")]),
        # INN stems
        ("given zolvarimab or Trenatinib", [("zolvarimab", "zolvarimab"), ("Trenatinib", "trenatinib")]),
        ("zolvarimab-abxq was", [("zolvarimab-abxq", "zolvarimab")]),
        ("cholesterol, somatostatin and peptide levels", []),
        ("shares of NorthTide rose", []),
        # code names
        ("QX199 and VQ-102 were dosed", [("QX199", "QX199"), ("VQ-102", "VQ-102")]),
        ("patients given QLI-002 7P", [("QLI-002 7P", "QLI-002 7P")]),
        ("COVID-19, HER2, PD-1, IL-23, CD8, CD19, Phase 2, Form 8-K, SF-36, CA-125", []),
        ("the LUMEN-301 trial enrolled 40 in LUMEN-301", []),
        ("under ASC 718 and ICD-10, ISO13485", []),
        # brands and aliases
        ("Velquora® was safe; Velquora sold well", [("Velquora®", "Velquora"), ("Velquora", "Velquora")]),
        ("our Velquora™ platform", []),
        ("metformin (Dravenza); Dravenza", [("metformin", "metformin"), *[("Dravenza", "metformin")] * 2]),
        ("Dravenza (metformin) won", [("Dravenza", "metformin"), ("metformin", "metformin")]),
        ("sorvemaline (QX199) won", [("sorvemaline", "QX199"), ("QX199", "QX199")]),
        ("statins (STs). ST fell", [("statins", "statin"), ("STs", "statin")]),
        # names told by where they stand
        ("treated with QUILO; the QUILO arm", [("QUILO", "QUILO"), ("QUILO", "QUILO")]),
        ("the Board; treated with Board approval", []),
        ("12 recipients of KQV-ZRX2 and KQV-ZRX2 recipients", [("KQV-ZRX2", "KQV-ZRX2")] * 2),
        ("recipients of FORTH-BRIDGE awards", []),
        ("our lead candidate, Umbrio-B, works", [("Umbrio-B", "Umbrio-B")]),
        ("our lead candidate, Harold, was elected", []),
        ("NEVORYL is designed to treat colitis", [("NEVORYL", "NEVORYL")]),
        ("NEVORYL is designed to last, our tool NEVORYL", []),
        ("D-QUEX100 was added; F-VOSI75 scores", [("D-QUEX100", "D-QUEX100")]),
        ("the pill zaldrecast cut it; 9% on zaldrecast.", [("zaldrecast", "zaldrecast")] * 2),
        ("a pill called zaldrecast cut it; 9% on zaldrecast.", [("zaldrecast", "zaldrecast")] * 2),
        ("our NDA for zaldrecast; those treated with zaldrecast.", [("zaldrecast", "zaldrecast")] * 2),
        ("in the zaldrecast groups: 9% with zaldrecast, 8% on zaldrecast.", []),  # three places, not four
        ("zaldrecast groups: 9% with zaldrecast, 8% on zaldrecast, 7% to zaldrecast.", [("zaldrecast",) * 2] * 4),
        ("patients on NEVORYL; the NEVORYL arm", [("NEVORYL", "NEVORYL")] * 2),
        ("12 mg JQV-3 and 8 mg JQV-3; with JQV-3", [("JQV-3", "JQV-3")] * 3),
        ("41% with JQV-3 and 9% on JQV-3 in the JQV-3 trial", []),
        ("zaldrecast is a town; 9% went to zaldrecast.", []),
        ("the drug treatment was stopped; 9% in the treatment group, on treatment.", []),
        ("Zaldrecast (QX199) and zaldrecast", [("Zaldrecast", "QX199"), ("QX199", "QX199"), ("zaldrecast", "QX199")]),
        ("our candidate (QX199), a candidate", [("QX199", "QX199")]),
        ("metformin, also known as MTF. MTF fell", [("metformin", "metformin"), *[("MTF", "metformin")] * 2]),
        ("Dublin, also known as MTF. MTF fell", []),
        (
            "insulin glargine U100 (IGlar). IGlar",
            [("insulin glargine", "insulin glargine"), *[("IGlar", "insulin glargine")] * 2],
        ),
        ("each took medorvane 7.5 mg; pulse on medorvane; the medorvane period", [("medorvane", "medorvane")] * 3),
        ("the antagonist medorvant; taking medorvant, with medorvant.", [("medorvant", "medorvant")] * 3),
        ("with creatinine 1.2 mg/dL; creatinine 5 mg; the creatinine group; on creatinine.", []),
        ("our lead asset, QRT-VEX2, and QRT-VEX2", [("QRT-VEX2", "QRT-VEX2")] * 2),
        ("developing UroVex; the maker of PolyVex", [("UroVex", "UroVex"), ("PolyVex", "PolyVex")]),
        ("developing CD19 cells; our lead product, EGFR-T790M; developing CRISPR tools", []),
        ("NEVORYL is a novel prodrug", [("NEVORYL", "NEVORYL")]),
        # classes
        ("given CAR-T cells; the CAR-T market", [("CAR-T cells", "car-t cells")]),
        ("a CAR T-cell therapy", [("CAR T-cell therapy", "car t-cell therapy")]),
        ("Umbrio Biologics; Vaccines; on Biologics", [("Biologics", "biologic")]),
        ("It was so in mice.\nUmbrio Biologics said so; The Biologics", [("Biologics", "biologic")]),
        ("an oral QTR7 inhibitor", [("QTR7 inhibitor", "qtr7 inhibitor")]),
        ("lipid-lowering therapy", [("lipid-lowering therapy", "lipid-lowering therapy")]),
        ("an anti-CD19 antibody", [("anti-CD19 antibody", "anti-cd19 antibody")]),
        ("a GLP-1 analog", [("GLP-1 analog", "glp-1 analog")]),
        ("the HDTV analog and effects of Form 10, use of Form 10, study of Form 10", []),
        ("cost-lowering plan, an engineered antibody, inhibitors", []),
        # what patients have, not what they were given
        ("steroid-refractory disease with insulin resistance", []),
        ("a placebo-controlled trial", [("placebo", "placebo")]),
        # a damaged percentage in brackets is no other name of the drug
        (
            "seen in 20Ù£ of those on the new medicine (Ù¨Ù %) and Ù¡0 of those on placebo (Ù¨%).",
            [("placebo", "placebo")],
        ),
    ],
)  # fmt: skip
def test_match(text, expected):
    assert found(text) == expected


def test_every_occurrence_is_marked_in_order():
    text = "Nuvessa met its goal. Patients received Nuvessa® twice. NUVESSA? nuvessa?"
    assert [start for start, end in ((m.start, m.end) for m in drugs.match(text))] == [0, text.index("Nuvessa®")]


def test_controls_are_no_active_drugs():
    assert {"placebo", "vehicle", "sham"} <= drugs.controls()
    assert "metformin" not in drugs.controls()


def test_a_name_by_its_stem_and_by_its_context_is_one():
    text = "In trials of Velotinib, patients received Velotinib 40 mg.\n\nVelotinib 80 mg\n\nvelotinib, too."
    assert len(drugs.match(text)) == 4
