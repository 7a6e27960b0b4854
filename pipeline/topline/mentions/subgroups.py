"""Labels that tell a part of the patients by what they are: "Age <65", "ECOG 0", "PD-L1 ≥1%", "Male"."""

from __future__ import annotations

import re

_NAMED = re.compile(r"\bsub-?groups?\b|\bforest\splot\b", re.IGNORECASE)
_OF_CHARACTERISTICS = re.compile(r"\b(?:baseline|demographics?|characteristics?|disposition)\b", re.IGNORECASE)
_SUBGROUP = re.compile(
    r"""^(?:
        (?:age[ds]?|sex|gender|race|ethnicity|region|country|weight|BMI|body\smass\sindex|smok(?:ing|ers?)|histology|stage
          |(?:baseline\s)?(?:ECOG|Karnofsky|disease\sseverity)|(?:number\sof\s)?prior\s|previous\s|line\sof\s
          |first[\s-]line|second[\s-]line|third[\s-]line|(?:liver|brain|visceral|bone)\smetast)\b
      | (?:fe)?males?$ | (?:wo)?men$ | white$ | black\b | asian?$ | hispanic$ | yes$ | no$
      | north\samerica$ | europe$ | rest\sof\s(?:the\s)?world$ | japan$ | china$
      | (?:PD-?L1|HER2|EGFR|KRAS|BRAF|BRCA(?:1/2)?|HRD|TMB|MSI|ALK|TPS|CPS|IL-?[0-9]{1,2}
          |[A-Z][A-Z0-9-]{1,9}(?=\s?[<>≤≥]))
      | [<>≤≥]\s?[0-9] | [0-9]{1,3}\s?(?:[-–]|to)\s?[0-9]{1,3}\syears | [0-9]{1,2}\s(?:to|or\smore)\s
      | .{2,40}[\s-](?:positive|negative|wild[\s-]type|mutant|mutated|high|low|naive|naïve|experienced|refractory)$
      | (?:non-?)?squamous$ | adenocarcinoma$ | (?:mild|moderate|severe)(?:\sdisease)?$
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def is_subgroup(text: str) -> bool:
    """Tell whether a label tells a part of the patients; in a table of characteristics it tells what was counted."""
    return bool(_SUBGROUP.match(text[:80]))


def announced(texts: list[str]) -> bool:
    """Tell whether a table's title or corner says that its rows are subgroups."""
    return any(_NAMED.search(text) for text in texts) and not any(_OF_CHARACTERISTICS.search(text) for text in texts)


def of_characteristics(texts: list[str]) -> bool:
    """Tell whether a table's title says that it describes the patients."""
    return any(_OF_CHARACTERISTICS.search(text) for text in texts)
