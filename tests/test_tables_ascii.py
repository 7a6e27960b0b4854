"""Clinical tables drawn with characters, each beside the rows that it should give, written by hand.

They have the shapes of the plain filings of 1994 to 2003: `<CAPTION>` with heads over several lines, rules under heads
and over totals, leader dots, labels over two lines, page breaks, tabs. All names and figures are invented.
"""

from __future__ import annotations

import pytest
from table_rows import lines, read

TAGGED = {
    "leader dots, heads over three lines with rules below": (
        """
<TABLE>
<CAPTION>
                                                          EFFICACY EVALUABLE PATIENTS
                                                        --------------------------------
                                                         VALDORINE          PLACEBO
                                                          (n=112)           (n=109)
                                                        ------------      ------------
<S>                                                     <C>               <C>
Complete response.....................................      24.1%              7.3%
Relapse within 30 days................................      11.6%             28.4%
                                                        ------------      ------------
</TABLE>
""",
        """
        4,2 | 24.1% | percent | Complete response | VALDORINE | 112 | population=efficacy evaluable
        4,3 | 7.3% | percent | Complete response | PLACEBO | 109 | population=efficacy evaluable
        5,2 | 11.6% | percent | Relapse within 30 days | VALDORINE | 112 | time=within 30 days; population=efficacy evaluable
        5,3 | 28.4% | percent | Relapse within 30 days | PLACEBO | 109 | time=within 30 days; population=efficacy evaluable
        """,
    ),
    "labels over two lines, the values on the second": (
        """
<TABLE>
<CAPTION>
                                                                 Corvexin      Placebo
                                                                  (n=77)        (n=74)
                                                                 --------      --------
<S>                                                              <C>           <C>
Patients with at least one treatment-related
  adverse event................................................    31.2%         18.9%
Patients who discontinued because of an
  adverse event................................................     6.5%          2.7%
Headache.......................................................    14.3%         12.2%
</TABLE>
""",
        """
        4,2 | 31.2% | percent | Patients with at least one treatment-related adverse event | Corvexin | 77
        4,3 | 18.9% | percent | Patients with at least one treatment-related adverse event | Placebo | 74
        6,2 | 6.5% | percent | Patients who discontinued because of an adverse event | Corvexin | 77
        6,3 | 2.7% | percent | Patients who discontinued because of an adverse event | Placebo | 74
        7,2 | 14.3% | percent | Headache | Corvexin | 77
        7,3 | 12.2% | percent | Headache | Placebo | 74
        """,
    ),
    "labels over two lines, the values on the first": (
        """
<TABLE>
<CAPTION>
                                       Drug           Placebo
                                      (n=51)          (n=50)
<S>                                   <C>             <C>
Time to first exacerbation, median     41 days        23 days
  of all patients
Use of oral steroids                   13.7%          30.0%
  during the trial
</TABLE>
""",
        """
        3,2 | 41 days | duration days | Time to first exacerbation | Drug | 51
        3,3 | 23 days | duration days | Time to first exacerbation | Placebo | 50
        5,2 | 13.7% | percent | Use of oral steroids | Drug | 51
        5,3 | 30.0% | percent | Use of oral steroids | Placebo | 50
        """,
    ),
    "sections with indented rows, dashes for nothing": (
        """
<TABLE>
<CAPTION>
                                                   Arm A          Arm B
                                                   n = 40         n = 38
<S>                                                <C>            <C>
Response (%):
    Complete response                               12.5            5.3
    Partial response                                27.5           21.1
                                                   -------        -------
Toxicity (%):
    Grade 3 neutropenia                             17.5            --
    Alopecia                                        --              7.9
                                                   =======        =======
</TABLE>
""",
        """
        4,2 | 12.5 | percent | Complete response | Arm A | 40
        4,3 | 5.3 | percent | Complete response | Arm B | 38
        5,2 | 27.5 | percent | Partial response | Arm A | 40
        5,3 | 21.1 | percent | Partial response | Arm B | 38
        7,2 | 17.5 | percent | Grade 3 neutropenia | Arm A | 40
        8,3 | 7.9 | percent | Alopecia | Arm B | 38
        """,
    ),
    "dash-escaped rules as in signed submissions": (
        """
<TABLE>
<CAPTION>
- ------------------------------------------------------------------------
                          RESULTS AT WEEK 12
                          TROXIMAB        PLACEBO        p-VALUE
                          (N=60)          (N=61)
- ------------------------------------------------------------------------

<S>                      <C>             <C>            <C>
ACR20                      53.3%           24.6%          0.001
ACR50                      25.0%            9.8%          0.03
- ------------------------------------------------------------------------
</TABLE>
""",
        """
        4,2 | 53.3% | percent | ACR20 | TROXIMAB | 60 | p=0.001; time=AT WEEK 12
        4,3 | 24.6% | percent | ACR20 | PLACEBO | 61 | time=AT WEEK 12
        5,2 | 25.0% | percent | ACR50 | TROXIMAB | 60 | p=0.03; time=AT WEEK 12
        5,3 | 9.8% | percent | ACR50 | PLACEBO | 61 | time=AT WEEK 12
        """,
    ),
    "a page break inside": (
        """
<TABLE>
<CAPTION>
                                  Lumarol        Placebo
                                  (n=130)        (n=128)
<S>                               <C>            <C>
Nausea                             21.5%           9.4%
Vomiting                           10.0%           3.1%
                                      14
<PAGE>
Dizziness                           6.9%           4.7%
Insomnia                            3.8%           3.9%
</TABLE>
""",
        """
        3,2 | 21.5% | percent | Nausea | Lumarol | 130
        3,3 | 9.4% | percent | Nausea | Placebo | 128
        4,2 | 10.0% | percent | Vomiting | Lumarol | 130
        4,3 | 3.1% | percent | Vomiting | Placebo | 128
        5,2 | 6.9% | percent | Dizziness | Lumarol | 130
        5,3 | 4.7% | percent | Dizziness | Placebo | 128
        6,2 | 3.8% | percent | Insomnia | Lumarol | 130
        6,3 | 3.9% | percent | Insomnia | Placebo | 128
        """,
    ),
    "footnotes below the rows": (
        """
<TABLE>
<CAPTION>
                                  Zelmotide      Placebo
                                  ---------      -------
<S>                               <C>            <C>
Patients improved (a)               44.8%          21.4%
Patients relapsed                   12.1%          26.8%
</TABLE>

(a) Per-protocol population: n=58 for Zelmotide, n=56 for placebo.
""",
        """
        2,2 | 44.8% | percent | Patients improved | Zelmotide | 58 | population=per protocol
        2,3 | 21.4% | percent | Patients improved | Placebo | 56 | population=per protocol
        3,2 | 12.1% | percent | Patients relapsed | Zelmotide | -
        3,3 | 26.8% | percent | Patients relapsed | Placebo | -
        """,
    ),
}

RULED = {
    "columns by spaces under a ruled head, the title above": (
        """
Table 1. Objective responses in the intent-to-treat population

                            Merolisib      Dacarbazine
                             (n=140)         (n=139)
                           -----------    -------------
Objective response            22.1%           10.8%
Complete response              4.3%            1.4%
Median survival            9.6 months      7.9 months
""",
        """
        3,2 | 22.1% | percent | Objective response | Merolisib | 140 | population=intent-to-treat
        3,3 | 10.8% | percent | Objective response | Dacarbazine | 139 | population=intent-to-treat
        4,2 | 4.3% | percent | Complete response | Merolisib | 140 | population=intent-to-treat
        4,3 | 1.4% | percent | Complete response | Dacarbazine | 139 | population=intent-to-treat
        5,2 | 9.6 months | duration months | Median survival | Merolisib | 140 | population=intent-to-treat
        5,3 | 7.9 months | duration months | Median survival | Dacarbazine | 139 | population=intent-to-treat
        """,
    ),
    "tabs part the columns": (
        "Adverse events in the trial were as follows:\n\n"
        "\tOsvaldol (n=45)\tPlacebo (n=44)\n"
        "Constipation\t17.8%\t9.1%\n"
        "Somnolence\t13.3%\t6.8%\n"
        "Pruritus\t4.4%\t4.5%\n",
        """
        2,2 | 17.8% | percent | Constipation | Osvaldol | 45
        2,3 | 9.1% | percent | Constipation | Placebo | 44
        3,2 | 13.3% | percent | Somnolence | Osvaldol | 45
        3,3 | 6.8% | percent | Somnolence | Placebo | 44
        4,2 | 4.4% | percent | Pruritus | Osvaldol | 45
        4,3 | 4.5% | percent | Pruritus | Placebo | 44
        """,
    ),
    "dose groups in rows, leader dots": (
        """
The following responses were seen, by dose of Pirovane:

Dose group                    Patients      Responders      Response rate
------------------------------------------------------------------------
10 mg.......................      12              2             16.7%
20 mg.......................      14              5             35.7%
40 mg.......................      13              7             53.8%
""",
        """
        2,4 | 16.7% | percent | Response rate | 10 mg | 12 | numerator=2
        3,4 | 35.7% | percent | Response rate | 20 mg | 14 | numerator=5
        4,4 | 53.8% | percent | Response rate | 40 mg | 13 | numerator=7
        """,
    ),
    "cells flush left under doses, counts with their shares": (
        """
                          40 mg        80 mg        160 mg
                          (n=21)       (n=30)       (n=35)
  Overall response        9 (42.9%)    17 (56.7%)   26 (74.3%)
  Very good partial
    or better             4 (19.0%)    13 (43.3%)   19 (54.3%)
""",
        """
        3,2 | 42.9% | percent | Overall response | 40 mg | 21 | numerator=9
        3,3 | 56.7% | percent | Overall response | 80 mg | 30 | numerator=17
        3,4 | 74.3% | percent | Overall response | 160 mg | 35 | numerator=26
        5,2 | 19.0% | percent | Very good partial or better | 40 mg | 21 | numerator=4
        5,3 | 43.3% | percent | Very good partial or better | 80 mg | 30 | numerator=13
        5,4 | 54.3% | percent | Very good partial or better | 160 mg | 35 | numerator=19
        """,
    ),
    "a single digit in brackets is a share, no mark": (
        """
                           Placebo     2 mg
                           (n=29)      (n=29)
Responders, n (%)          2 (7)       9 (31)
""",
        """
        3,2 | 7 | percent | Responders | Placebo | 29 | numerator=2
        3,3 | 31 | percent | Responders | 2 mg | 29 | numerator=9
        """,
    ),
    "counts in brackets behind their shares, where the arithmetic holds": (
        """
                           Placebo      Velorin
                           (n=41)       (n=40)
Response                   24.4% (10)   30.0% (12)
Relapse                    9.8% (4)     10.0% (7)
""",
        """
        3,2 | 24.4% | percent | Response | Placebo | 41 | numerator=10
        3,3 | 30.0% | percent | Response | Velorin | 40 | numerator=12
        4,2 | 9.8% | percent | Relapse | Placebo | 41 | numerator=4
        4,3 | 10.0% | percent | Relapse | Velorin | 40
        """,
    ),
    "doses as heads, a row of sizes": (
        """
Outcomes by treatment taken

                           Placebo     2 mg      6 mg
Women, n                   74          75        73
Pain at 4 h, VAS mm        49.6        38.9      30.2
Headache, n                3           8         15
""",
        """
        3,2 | 49.6 | number | Pain at 4 h, VAS mm | Placebo | 74
        3,3 | 38.9 | number | Pain at 4 h, VAS mm | 2 mg | 75
        3,4 | 30.2 | number | Pain at 4 h, VAS mm | 6 mg | 73
        4,2 | 3 | count | Headache | Placebo | 74
        4,3 | 8 | count | Headache | 2 mg | 75
        4,4 | 15 | count | Headache | 6 mg | 73
        """,
    ),
}

FLAT = {
    "a cell a paragraph, the sizes in the heads": (
        """
Results at Week 16 (full analysis set)

Ranvolimus (n=150)

Vehicle (n=148)

IGA success

41.3%

14.2%

EASI-75

52.0%

20.9%

Application site pain

3.3%

6.1%
""",
        """
        2,2 | 41.3% | percent | IGA success | Ranvolimus | 150 | time=at Week 16; population=full analysis
        2,3 | 14.2% | percent | IGA success | Vehicle | 148 | time=at Week 16; population=full analysis
        3,2 | 52.0% | percent | EASI-75 | Ranvolimus | 150 | time=at Week 16; population=full analysis
        3,3 | 20.9% | percent | EASI-75 | Vehicle | 148 | time=at Week 16; population=full analysis
        4,2 | 3.3% | percent | Application site pain | Ranvolimus | 150 | time=at Week 16; population=full analysis
        4,3 | 6.1% | percent | Application site pain | Vehicle | 148 | time=at Week 16; population=full analysis
        """,
    ),
    "pipes with arms in rows and a spanning endpoint": (
        """
**Ordelin vs. standard of care**

| | mRS Outcomes at 90 Days | | |
|---|---|---|---|
| | 0-1 | 2-3 | Death |
| Placebo (n=31) | 19% | 32% | 16% |
| Ordelin (n=33) | 33% | 36% | 9% |
""",
        """
        3,2 | 19% | percent | 0-1 | Placebo | 31 | time=at 90 Days
        3,3 | 32% | percent | 2-3 | Placebo | 31 | time=at 90 Days
        3,4 | 16% | percent | Death | Placebo | 31 | time=at 90 Days
        4,2 | 33% | percent | 0-1 | Ordelin | 33 | time=at 90 Days
        4,3 | 36% | percent | 2-3 | Ordelin | 33 | time=at 90 Days
        4,4 | 9% | percent | Death | Ordelin | 33 | time=at 90 Days
        """,
    ),
}


@pytest.mark.parametrize("name", [*TAGGED, *RULED, *FLAT])
def test_tables_of_characters(name):
    source, wanted = {**TAGGED, **RULED, **FLAT}[name]
    assert [" ".join(line.split()) for line in read(source, "filing.txt")] == lines(wanted)
