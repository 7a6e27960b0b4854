"""Clinical tables of pages and pipes, each beside the rows that it should give, written by hand.

The first group is marked up as filing agents do: a sizing row, spacer columns, `%` and `)` in cells of their own, fonts
and paragraphs in every cell. Companies, drugs and figures are invented. `-` stands for what the table does not say.
"""

from __future__ import annotations

import pytest
from table_rows import lines, read

AGENTS = {
    "a sizing row, three cells a column, the sign in the third": (
        """
        <p><font>Table 4. Efficacy at Week 12 (ITT Population)</font></p>
        <table style="border-collapse:collapse"><tr><td style="width:1.0%"></td><td style="width:47%"></td><td></td>
        <td style="width:1.0%"></td><td style="width:11%"></td><td></td><td style="width:0.1%"></td><td></td><td></td>
        <td style="width:1.0%"></td><td style="width:11%"></td><td></td></tr>
        <tr><td colspan="3"><font>&#160;</font></td><td colspan="3"><font>Sorvamab (N=118)</font></td>
        <td colspan="3"></td><td colspan="3"><font>Placebo (N=121)</font></td></tr>
        <tr><td colspan="3"><font>Clinical remission</font></td><td colspan="2"><font>36.4</font></td>
        <td><font>%</font></td><td colspan="3"></td><td colspan="2"><font>14.9</font></td><td><font>%</font></td></tr>
        <tr><td colspan="3"><font>Endoscopic response</font></td><td colspan="2"><font>44.1</font></td>
        <td><font>%</font></td><td colspan="3"></td><td colspan="2"><font>21.5</font></td><td><font>%</font></td></tr>
        </table>
        """,
        """
        3,4 | 36.4% | percent | Clinical remission | Sorvamab | 118 | time=at Week 12; population=intent-to-treat
        3,10 | 14.9% | percent | Clinical remission | Placebo | 121 | time=at Week 12; population=intent-to-treat
        4,4 | 44.1% | percent | Endoscopic response | Sorvamab | 118 | time=at Week 12; population=intent-to-treat
        4,10 | 21.5% | percent | Endoscopic response | Placebo | 121 | time=at Week 12; population=intent-to-treat
        """,
    ),
    "spacers of nbsp, brackets and signs in cells of their own": (
        """
        <TABLE CELLSPACING="0" CELLPADDING="0" WIDTH="100%" BORDER="0">
        <TR VALIGN="bottom"><TD WIDTH="52%">&nbsp;</TD><TD WIDTH="2%">&nbsp;</TD>
        <TD COLSPAN="4" NOWRAP ALIGN="center"><FONT SIZE="1"><B>Quendolimus<BR>(n=62)</B></FONT></TD><TD>&nbsp;</TD>
        <TD COLSPAN="4" NOWRAP ALIGN="center"><FONT SIZE="1"><B>Vehicle<BR>(n=60)</B></FONT></TD></TR>
        <TR VALIGN="bottom"><TD><DIV STYLE="margin-left:10px"><FONT SIZE="2">Pruritus</FONT></DIV></TD><TD>&nbsp;</TD>
        <TD ALIGN="right">9</TD><TD>&nbsp;(</TD><TD ALIGN="right">14.5</TD><TD NOWRAP>%)</TD><TD>&nbsp;</TD>
        <TD ALIGN="right">4</TD><TD>&nbsp;(</TD><TD ALIGN="right">6.7</TD><TD NOWRAP>%)</TD></TR>
        <TR VALIGN="bottom"><TD><DIV STYLE="margin-left:10px"><FONT SIZE="2">Application site burning</FONT></DIV></TD>
        <TD>&nbsp;</TD><TD ALIGN="right">5</TD><TD>&nbsp;(</TD><TD ALIGN="right">8.1</TD><TD NOWRAP>%)</TD>
        <TD>&nbsp;</TD><TD ALIGN="right">3</TD><TD>&nbsp;(</TD><TD ALIGN="right">5.0</TD><TD NOWRAP>%)</TD></TR>
        </TABLE>
        """,
        """
        2,4 | 14.5% | percent | Pruritus | Quendolimus | 62 | numerator=9
        2,9 | 6.7% | percent | Pruritus | Vehicle | 60 | numerator=4
        3,4 | 8.1% | percent | Application site burning | Quendolimus | 62 | numerator=5
        3,9 | 5.0% | percent | Application site burning | Vehicle | 60 | numerator=3
        """,
    ),
    "paragraphs in cells, notes in a table of two columns below": (
        """
        <p>The results of the Phase 2 trial were as follows.</p>
        <table border="0" cellspacing="0" cellpadding="0" style="width:540pt;">
        <tr style="height:12.4pt;"><td valign="bottom"><p style="margin:0pt">&#160;</p></td>
        <td valign="bottom"><p align="center"><b>Brelodine 30 mg<sup>(1)</sup></b></p></td>
        <td valign="bottom"><p align="center"><b>Placebo<sup>(2)</sup></b></p></td></tr>
        <tr><td><p>Freedom from attacks</p></td><td><p align="right">52.9%</p></td><td><p align="right">20.0%</p></td></tr>
        <tr><td><p>Use of rescue medication</p></td><td><p align="right">11.8%</p></td>
        <td><p align="right">31.4%</p></td></tr>
        </table>
        <table border="0"><tr><td style="width:18pt">(1)</td><td>Includes 34 patients in the per-protocol population.</td></tr>
        <tr><td style="width:18pt">(2)</td><td>Includes 35 patients in the per-protocol population.</td></tr></table>
        """,
        """
        2,2 | 52.9% | percent | Freedom from attacks | Brelodine 30 mg | 34 | population=per protocol
        2,3 | 20.0% | percent | Freedom from attacks | Placebo | 35 | population=per protocol
        3,2 | 11.8% | percent | Use of rescue medication | Brelodine 30 mg | 34 | population=per protocol
        3,3 | 31.4% | percent | Use of rescue medication | Placebo | 35 | population=per protocol
        """,
    ),
    "rows aligned to the bottom, an endpoint's name over two arms": (
        """
        <TABLE CELLSPACING="0" CELLPADDING="0" STYLE="font: 10pt Times New Roman, Times, Serif; width: 100%">
        <TR STYLE="vertical-align: bottom"><TD>&nbsp;</TD><TD>&nbsp;</TD>
        <TD COLSPAN="3" STYLE="text-align: center; border-bottom: Black 1.5pt solid">Overall survival</TD><TD>&nbsp;</TD>
        <TD COLSPAN="3" STYLE="text-align: center; border-bottom: Black 1.5pt solid">Progression-free survival</TD></TR>
        <TR STYLE="vertical-align: bottom"><TD>&nbsp;</TD><TD>&nbsp;</TD><TD>Tavorelin (n=88)</TD><TD>&nbsp;</TD>
        <TD>Docetaxel (n=90)</TD><TD>&nbsp;</TD><TD>Tavorelin (n=88)</TD><TD>&nbsp;</TD><TD>Docetaxel (n=90)</TD></TR>
        <TR STYLE="background-color: rgb(204,238,255)"><TD>Median, months</TD><TD>&nbsp;</TD><TD>17.3</TD><TD>&nbsp;</TD>
        <TD>13.8</TD><TD>&nbsp;</TD><TD>6.4</TD><TD>&nbsp;</TD><TD>4.1</TD></TR>
        <TR STYLE="background-color: White"><TD>12-month rate, %</TD><TD>&nbsp;</TD><TD>64.2</TD><TD>&nbsp;</TD>
        <TD>55.1</TD><TD>&nbsp;</TD><TD>27.5</TD><TD>&nbsp;</TD><TD>16.0</TD></TR>
        </TABLE>
        """,
        """
        3,3 | 17.3 | duration months | Overall survival | Tavorelin | 88
        3,5 | 13.8 | duration months | Overall survival | Docetaxel | 90
        3,7 | 6.4 | duration months | Progression-free survival | Tavorelin | 88
        3,9 | 4.1 | duration months | Progression-free survival | Docetaxel | 90
        4,3 | 64.2 | percent | Overall survival | Tavorelin | 88 | time=12-month
        4,5 | 55.1 | percent | Overall survival | Docetaxel | 90 | time=12-month
        4,7 | 27.5 | percent | Progression-free survival | Tavorelin | 88 | time=12-month
        4,9 | 16.0 | percent | Progression-free survival | Docetaxel | 90 | time=12-month
        """,
    ),
    "the deviation behind a sign in a cell of its own": (
        """
        <TABLE BORDER=0 CELLPADDING=0 CELLSPACING=0 WIDTH="80%">
        <TR><TD><B>Week 16</B></TD><TD COLSPAN=3 ALIGN=CENTER><B>Ulmoprost (n=40)</B></TD><TD></TD>
        <TD COLSPAN=3 ALIGN=CENTER><B>Placebo (n=41)</B></TD></TR>
        <TR><TD>Change in systolic blood pressure (mmHg), mean &plusmn; SD</TD><TD ALIGN=RIGHT>-11.6</TD><TD>&plusmn;</TD>
        <TD ALIGN=RIGHT>3.2</TD><TD></TD><TD ALIGN=RIGHT>-2.7</TD><TD>&plusmn;</TD><TD ALIGN=RIGHT>2.9</TD></TR>
        <TR><TD>Change in heart rate (bpm), mean &plusmn; SD</TD><TD ALIGN=RIGHT>-1.4</TD><TD>&plusmn;</TD>
        <TD ALIGN=RIGHT>4.0</TD><TD></TD><TD ALIGN=RIGHT>0.3</TD><TD>&plusmn;</TD><TD ALIGN=RIGHT>3.8</TD></TR>
        </TABLE>
        """,
        """
        2,2 | -11.6 | number | Change in systolic blood pressure (mmHg) | Ulmoprost | 40 | time=Week 16
        2,6 | -2.7 | number | Change in systolic blood pressure (mmHg) | Placebo | 41 | time=Week 16
        3,2 | -1.4 | number | Change in heart rate (bpm) | Ulmoprost | 40 | time=Week 16
        3,6 | 0.3 | number | Change in heart rate (bpm) | Placebo | 41 | time=Week 16
        """,
    ),
    "footnote marks in cells of their own": (
        """
        <p><b>Responses in the Efficacy Evaluable Population</b></p>
        <table cellspacing=0 cellpadding=0 border=0 width=100%>
        <tr><td></td><td></td><td colspan=2><b>Merolisib (n=27)</b></td><td></td><td colspan=2><b>Control (n=26)</b></td></tr>
        <tr><td>Objective response rate</td><td></td><td align=right>40.7%</td><td>*</td><td></td>
        <td align=right>19.2%</td><td>&nbsp;</td></tr>
        <tr><td>Disease control rate</td><td></td><td align=right>66.7%</td><td>&dagger;</td><td></td>
        <td align=right>53.8%</td><td></td></tr>
        </table>
        <p>* Two responses were unconfirmed.</p><p>&dagger; Not tested.</p>
        """,
        """
        2,3 | 40.7% | percent | Objective response rate | Merolisib | 27 | population=efficacy evaluable
        2,6 | 19.2% | percent | Objective response rate | Control | 26 | population=efficacy evaluable
        3,3 | 66.7% | percent | Disease control rate | Merolisib | 27 | population=efficacy evaluable
        3,6 | 53.8% | percent | Disease control rate | Control | 26 | population=efficacy evaluable
        """,
    ),
    "heads of three levels, each spanning": (
        """
        <table border="0" cellpadding="0" cellspacing="0">
        <tr><td>&nbsp;</td><td colspan="9" align="center"><b>Safety Population</b></td></tr>
        <tr><td>&nbsp;</td><td colspan="4" align="center"><b>Ondrexal (N=75)</b></td><td>&nbsp;</td>
        <td colspan="4" align="center"><b>Placebo (N=74)</b></td></tr>
        <tr><td><b>Preferred term</b></td><td align="center"><b>n</b></td><td>&nbsp;</td><td align="center"><b>%</b></td>
        <td>&nbsp;</td><td>&nbsp;</td><td align="center"><b>n</b></td><td>&nbsp;</td><td align="center"><b>%</b></td>
        <td>&nbsp;</td></tr>
        <tr><td>Dizziness</td><td align="right">9</td><td>&nbsp;</td><td align="right">12.0</td><td>&nbsp;</td>
        <td>&nbsp;</td><td align="right">4</td><td>&nbsp;</td><td align="right">5.4</td><td>&nbsp;</td></tr>
        <tr><td>Dry mouth</td><td align="right">6</td><td>&nbsp;</td><td align="right">8.0</td><td>&nbsp;</td>
        <td>&nbsp;</td><td align="right">&#8212;</td><td>&nbsp;</td><td align="right">&#8212;</td><td>&nbsp;</td></tr>
        </table>
        """,
        """
        4,4 | 12.0 | percent | Dizziness | Ondrexal | 75 | numerator=9; population=safety
        4,9 | 5.4 | percent | Dizziness | Placebo | 74 | numerator=4; population=safety
        5,4 | 8.0 | percent | Dry mouth | Ondrexal | 75 | numerator=6; population=safety
        """,
    ),
    "a layout table around a table of results, another inside a cell of it": (
        """
        <table width="100%"><tr><td><table border="1">
        <tr><th></th><th>Felnovir (n=210)</th><th>Placebo (n=205)</th></tr>
        <tr><td>Recurrence within 8 weeks</td><td>10.5%</td><td>24.9%</td></tr>
        <tr><td>Global cure</td><td>78.1%</td><td>64.4%</td></tr>
        </table></td></tr><tr><td><p>Felnovir was well tolerated.</p></td></tr></table>
        """,
        """
        2,2 | 10.5% | percent | Recurrence within 8 weeks | Felnovir | 210 | time=within 8 weeks
        2,3 | 24.9% | percent | Recurrence within 8 weeks | Placebo | 205 | time=within 8 weeks
        3,2 | 78.1% | percent | Global cure | Felnovir | 210
        3,3 | 64.4% | percent | Global cure | Placebo | 205
        """,
    ),
    "weeks over arms": (
        """
        <table><tr><td></td><td colspan="5">Week 12</td><td></td><td colspan="5">Week 24</td></tr>
        <tr><td></td><td colspan="2">Lumeprant<br>(n=51)</td><td></td><td colspan="2">Placebo<br>(n=49)</td><td></td>
        <td colspan="2">Lumeprant<br>(n=51)</td><td></td><td colspan="2">Placebo<br>(n=49)</td></tr>
        <tr><td>Hot flashes resolved</td><td>31.4</td><td>%</td><td></td><td>12.2</td><td>%</td><td></td>
        <td>43.1</td><td>%</td><td></td><td>16.3</td><td>%</td></tr>
        <tr><td>Insomnia</td><td>5.9</td><td>%</td><td></td><td>6.1</td><td>%</td><td></td>
        <td>7.8</td><td>%</td><td></td><td>10.2</td><td>%</td></tr></table>
        """,
        """
        3,2 | 31.4% | percent | Hot flashes resolved | Lumeprant | 51 | time=Week 12
        3,5 | 12.2% | percent | Hot flashes resolved | Placebo | 49 | time=Week 12
        3,8 | 43.1% | percent | Hot flashes resolved | Lumeprant | 51 | time=Week 24
        3,11 | 16.3% | percent | Hot flashes resolved | Placebo | 49 | time=Week 24
        4,2 | 5.9% | percent | Insomnia | Lumeprant | 51 | time=Week 12
        4,5 | 6.1% | percent | Insomnia | Placebo | 49 | time=Week 12
        4,8 | 7.8% | percent | Insomnia | Lumeprant | 51 | time=Week 24
        4,11 | 10.2% | percent | Insomnia | Placebo | 49 | time=Week 24
        """,
    ),
    "bold sections that span the table, children indented": (
        """
        <table><tr><td colspan="2">&nbsp;</td><td><b>Harvitide 5 mg<br>(n=66)</b></td><td>&nbsp;</td>
        <td><b>Placebo<br>(n=64)</b></td></tr>
        <tr><td colspan="5"><b>Primary endpoint: HbA1c (%) at Week 26</b></td></tr>
        <tr><td colspan="2"><p style="margin-left:12pt">Baseline, mean</p></td><td>8.3</td><td></td><td>8.2</td></tr>
        <tr><td colspan="2"><p style="margin-left:12pt">Change from baseline</p></td><td>-1.4</td><td></td><td>-0.2</td></tr>
        <tr><td colspan="5"><b>Safety</b></td></tr>
        <tr><td colspan="2"><p style="margin-left:12pt">Hypoglycemia, n (%)</p></td><td>3 (4.5)</td><td></td>
        <td>2 (3.1)</td></tr></table>
        """,
        """
        3,3 | 8.3 | percent | HbA1c | Harvitide 5 mg | 66 | time=Baseline
        3,5 | 8.2 | percent | HbA1c | Placebo | 64 | time=Baseline
        4,3 | -1.4 | percent | HbA1c | Harvitide 5 mg | 66 | time=at Week 26
        4,5 | -0.2 | percent | HbA1c | Placebo | 64 | time=at Week 26
        6,3 | 4.5 | percent | Hypoglycemia | Harvitide 5 mg | 66 | numerator=3
        6,5 | 3.1 | percent | Hypoglycemia | Placebo | 64 | numerator=2
        """,
    ),
}

CAPTIONS = {
    "n of one group from the title": (
        """<p>Best Overall Response in Efficacy-Evaluable Patients (N=45)</p>
        <table><tr><td>Category</td><td>n (%)</td></tr><tr><td>Complete response</td><td>6 (13.3)</td></tr>
        <tr><td>Partial response</td><td>12 (26.7)</td></tr><tr><td>Stable disease</td><td>15 (33.3)</td></tr></table>""",
        """
        2,2 | 13.3 | percent | Complete response | Efficacy-Evaluable Patients | 45 | numerator=6; population=efficacy evaluable
        3,2 | 26.7 | percent | Partial response | Efficacy-Evaluable Patients | 45 | numerator=12; population=efficacy evaluable
        4,2 | 33.3 | percent | Stable disease | Efficacy-Evaluable Patients | 45 | numerator=15; population=efficacy evaluable
        """,
    ),
    "the title's n is of both arms, so no arm's": (
        """<p>Table 2. Remission at Week 8, mITT Population (N=180)</p>
        <table><tr><td></td><td>Oltrexan</td><td>Placebo</td></tr>
        <tr><td>Clinical remission</td><td>31.1%</td><td>12.2%</td></tr>
        <tr><td>Mucosal healing</td><td>25.6%</td><td>10.0%</td></tr></table>""",
        """
        2,2 | 31.1% | percent | Clinical remission | Oltrexan | - | time=at Week 8; population=modified-intent-to-treat
        2,3 | 12.2% | percent | Clinical remission | Placebo | - | time=at Week 8; population=modified-intent-to-treat
        3,2 | 25.6% | percent | Mucosal healing | Oltrexan | - | time=at Week 8; population=modified-intent-to-treat
        3,3 | 10.0% | percent | Mucosal healing | Placebo | - | time=at Week 8; population=modified-intent-to-treat
        """,
    ),
    "the unit from the title": (
        """<p>Adverse reactions (% of patients)</p>
        <table><tr><td></td><td>Nuvotide</td><td>Placebo</td></tr>
        <tr><td>Nausea</td><td>22</td><td>8</td></tr><tr><td>Vomiting</td><td>9</td><td>2</td></tr></table>""",
        """
        2,2 | 22 | percent | Nausea | Nuvotide | -
        2,3 | 8 | percent | Nausea | Placebo | -
        3,2 | 9 | percent | Vomiting | Nuvotide | -
        3,3 | 2 | percent | Vomiting | Placebo | -
        """,
    ),
    "p-values in brackets behind the values": (
        """<p>Results at Week 12, % of patients</p>
        <table><tr><td></td><td>Placebo (n=91)</td><td>Rimotec (n=89)</td></tr>
        <tr><td>Clinical remission</td><td>9.9</td><td>32.6 (p=0.0002)</td></tr>
        <tr><td>Mucosal healing</td><td>6.6</td><td>17.6 (p=0.023)</td></tr>
        <tr><td>Mean change in calprotectin, µg/g</td><td>-118</td><td>-604</td></tr></table>""",
        """
        2,2 | 9.9 | percent | Clinical remission | Placebo | 91 | time=at Week 12
        2,3 | 32.6 | percent | Clinical remission | Rimotec | 89 | p=p=0.0002; time=at Week 12
        3,2 | 6.6 | percent | Mucosal healing | Placebo | 91 | time=at Week 12
        3,3 | 17.6 | percent | Mucosal healing | Rimotec | 89 | p=p=0.023; time=at Week 12
        4,2 | -118 | number | Mean change in calprotectin, µg/g | Placebo | 91 | time=at Week 12
        4,3 | -604 | number | Mean change in calprotectin, µg/g | Rimotec | 89 | time=at Week 12
        """,
    ),
    "percentages unless stated": (
        """<p>Results at Week 24 (%, unless stated otherwise)</p>
        <table><tr><td></td><td>Rimotec (n=70)</td><td>Placebo (n=72)</td></tr>
        <tr><td>ACR20</td><td>57.1</td><td>29.2</td></tr>
        <tr><td>Median time to response, days</td><td>22</td><td>57</td></tr></table>""",
        """
        2,2 | 57.1 | percent | ACR20 | Rimotec | 70 | time=at Week 24
        2,3 | 29.2 | percent | ACR20 | Placebo | 72 | time=at Week 24
        3,2 | 22 | duration days | Median time to response | Rimotec | 70 | time=at Week 24
        3,3 | 57 | duration days | Median time to response | Placebo | 72 | time=at Week 24
        """,
    ),
    "an unmarked note says who was analysed": (
        """<table><tr><td></td><td>Ostivar (n=33)</td><td>Placebo (n=31)</td></tr>
        <tr><td>Skin clearance</td><td>48.5%</td><td>9.7%</td></tr><tr><td>Itch relief</td><td>60.6%</td><td>25.8%</td></tr>
        </table><p>Note: Analysis based on the per-protocol population.</p>""",
        """
        2,2 | 48.5% | percent | Skin clearance | Ostivar | 33 | population=per protocol
        2,3 | 9.7% | percent | Skin clearance | Placebo | 31 | population=per protocol
        3,2 | 60.6% | percent | Itch relief | Ostivar | 33 | population=per protocol
        3,3 | 25.8% | percent | Itch relief | Placebo | 31 | population=per protocol
        """,
    ),
    "an abbreviation explained is no population": (
        """<table><tr><td></td><td>Ostivar (n=33)</td><td>Placebo (n=31)</td></tr>
        <tr><td>Skin clearance</td><td>48.5%</td><td>9.7%</td></tr><tr><td>Itch relief</td><td>60.6%</td><td>25.8%</td></tr>
        </table><p>CI, confidence interval; ITT, intent-to-treat.</p>""",
        """
        2,2 | 48.5% | percent | Skin clearance | Ostivar | 33
        2,3 | 9.7% | percent | Skin clearance | Placebo | 31
        3,2 | 60.6% | percent | Itch relief | Ostivar | 33
        3,3 | 25.8% | percent | Itch relief | Placebo | 31
        """,
    ),
    "a marked note changes one row's n and population": (
        """<table><tr><td></td><td>Cobrinase (n=90)</td><td>Placebo (n=89)</td></tr>
        <tr><td>Any infusion reaction</td><td>14.4%</td><td>4.5%</td></tr>
        <tr><td>Seroconversion*</td><td>82.6%</td><td>2.3%</td></tr></table>
        <p>* In the per-protocol population: n=86 for Cobrinase and n=87 for placebo.</p>""",
        """
        2,2 | 14.4% | percent | Any infusion reaction | Cobrinase | 90
        2,3 | 4.5% | percent | Any infusion reaction | Placebo | 89
        3,2 | 82.6% | percent | Seroconversion | Cobrinase | 86 | population=per protocol
        3,3 | 2.3% | percent | Seroconversion | Placebo | 87 | population=per protocol
        """,
    ),
    "a letter marks one cell": (
        """<table><tr><td></td><td>Cohort A (n=20)</td><td>Cohort B (n=22)</td></tr>
        <tr><td>Objective response</td><td>45.0%</td><td>33.3%<sup>a</sup></td></tr>
        <tr><td>Clinical benefit</td><td>70.0%</td><td>59.1%</td></tr></table>
        <p><sup>a</sup> n=21; one patient had no scan.</p>""",
        """
        2,2 | 45.0% | percent | Objective response | Cohort A | 20
        2,3 | 33.3% | percent | Objective response | Cohort B | 21
        3,2 | 70.0% | percent | Clinical benefit | Cohort A | 20
        3,3 | 59.1% | percent | Clinical benefit | Cohort B | 22
        """,
    ),
}

HEADS = {
    "an endpoint inside each arm's head": (
        """<table><tr><td></td><td>ACR20: Veltrine (n=80)</td><td>ACR20: Placebo (n=82)</td><td>ACR50: Veltrine (n=80)</td>
        <td>ACR50: Placebo (n=82)</td></tr>
        <tr><td>Week 12</td><td>51.3%</td><td>24.4%</td><td>27.5%</td><td>9.8%</td></tr>
        <tr><td>Week 24</td><td>61.3%</td><td>28.0%</td><td>38.8%</td><td>12.2%</td></tr></table>""",
        """
        2,2 | 51.3% | percent | ACR20 | Veltrine | 80 | time=Week 12
        2,3 | 24.4% | percent | ACR20 | Placebo | 82 | time=Week 12
        2,4 | 27.5% | percent | ACR50 | Veltrine | 80 | time=Week 12
        2,5 | 9.8% | percent | ACR50 | Placebo | 82 | time=Week 12
        3,2 | 61.3% | percent | ACR20 | Veltrine | 80 | time=Week 24
        3,3 | 28.0% | percent | ACR20 | Placebo | 82 | time=Week 24
        3,4 | 38.8% | percent | ACR50 | Veltrine | 80 | time=Week 24
        3,5 | 12.2% | percent | ACR50 | Placebo | 82 | time=Week 24
        """,
    ),
    "endpoints head columns, arms the rows": (
        """<table><tr><td>Treatment arm</td><td>ORR, n (%)</td><td>Median PFS, months (95% CI)</td></tr>
        <tr><td>Selvanib 200 mg (n=44)</td><td>17 (38.6)</td><td>7.9 (5.5, 9.8)</td></tr>
        <tr><td>Chemotherapy (n=45)</td><td>9 (20.0)</td><td>4.4 (3.0, 5.6)</td></tr></table>""",
        """
        2,2 | 38.6 | percent | ORR | Selvanib 200 mg | 44 | numerator=17
        2,3 | 7.9 | duration months | Median PFS | Selvanib 200 mg | 44 | ci=5.5, 9.8
        3,2 | 20.0 | percent | ORR | Chemotherapy | 45 | numerator=9
        3,3 | 4.4 | duration months | Median PFS | Chemotherapy | 45 | ci=3.0, 5.6
        """,
    ),
    "a change under its endpoint, which has values too": (
        """<table><tr><td></td><td>Dornafil (n=58)</td><td>Placebo (n=59)</td></tr>
        <tr><td>Six-minute walk distance (m)</td><td>341.2</td><td>338.9</td></tr>
        <tr><td>&nbsp;&nbsp;Change from baseline</td><td>38.4</td><td>6.1</td></tr>
        <tr><td>Clinical worsening, n (%)</td><td>4 (6.9)</td><td>11 (18.6)</td></tr></table>""",
        """
        2,2 | 341.2 | number | Six-minute walk distance (m) | Dornafil | 58
        2,3 | 338.9 | number | Six-minute walk distance (m) | Placebo | 59
        3,2 | 38.4 | number | Six-minute walk distance (m) | Dornafil | 58
        3,3 | 6.1 | number | Six-minute walk distance (m) | Placebo | 59
        4,2 | 6.9 | percent | Clinical worsening | Dornafil | 58 | numerator=4
        4,3 | 18.6 | percent | Clinical worsening | Placebo | 59 | numerator=11
        """,
    ),
    "the total of two arms, its n derived": (
        """<table><tr><td>Adverse event, n (%)</td><td>Low dose (n=20)</td><td>High dose (n=22)</td><td>Total</td></tr>
        <tr><td>Fatigue</td><td>5 (25.0)</td><td>8 (36.4)</td><td>13 (31.0)</td></tr>
        <tr><td>Rash</td><td>2 (10.0)</td><td>5 (22.7)</td><td>7 (16.7)</td></tr></table>""",
        """
        2,2 | 25.0 | percent | Fatigue | Low dose | 20 | numerator=5
        2,3 | 36.4 | percent | Fatigue | High dose | 22 | numerator=8
        2,4 | 31.0 | percent | Fatigue | Total | - | numerator=13; derived n=42
        3,2 | 10.0 | percent | Rash | Low dose | 20 | numerator=2
        3,3 | 22.7 | percent | Rash | High dose | 22 | numerator=5
        3,4 | 16.7 | percent | Rash | Total | - | numerator=7; derived n=42
        """,
    ),
    "a total with its own n, so nothing is derived": (
        """<table><tr><td>Adverse event, n (%)</td><td>Low dose (n=20)</td><td>High dose (n=22)</td>
        <td>All patients (n=42)</td></tr>
        <tr><td>Fatigue</td><td>5 (25.0)</td><td>8 (36.4)</td><td>13 (31.0)</td></tr>
        <tr><td>Rash</td><td>2 (10.0)</td><td>5 (22.7)</td><td>7 (16.7)</td></tr></table>""",
        """
        2,2 | 25.0 | percent | Fatigue | Low dose | 20 | numerator=5
        2,3 | 36.4 | percent | Fatigue | High dose | 22 | numerator=8
        2,4 | 31.0 | percent | Fatigue | All patients | 42 | numerator=13
        3,2 | 10.0 | percent | Rash | Low dose | 20 | numerator=2
        3,3 | 22.7 | percent | Rash | High dose | 22 | numerator=5
        3,4 | 16.7 | percent | Rash | All patients | 42 | numerator=7
        """,
    ),
    "a total beside a pooled column adds nothing up": (
        """<table><tr><td>Adverse event, n (%)</td><td>Low dose (n=20)</td><td>High dose (n=22)</td>
        <td>All doses (n=42)</td><td>Placebo (n=21)</td><td>Total</td></tr>
        <tr><td>Fatigue</td><td>5 (25.0)</td><td>8 (36.4)</td><td>13 (31.0)</td><td>3 (14.3)</td><td>16 (25.4)</td></tr>
        </table>""",
        """
        2,2 | 25.0 | percent | Fatigue | Low dose | 20 | numerator=5
        2,3 | 36.4 | percent | Fatigue | High dose | 22 | numerator=8
        2,4 | 31.0 | percent | Fatigue | All doses | 42 | numerator=13
        2,5 | 14.3 | percent | Fatigue | Placebo | 21 | numerator=3
        2,6 | 25.4 | percent | Fatigue | Total | - | numerator=16
        """,
    ),
    "a row of all patients": (
        """<table><tr><td>Dose group</td><td>ORR, n (%)</td><td>DCR, n (%)</td></tr>
        <tr><td>100 mg (n=12)</td><td>2 (16.7)</td><td>7 (58.3)</td></tr>
        <tr><td>200 mg (n=14)</td><td>5 (35.7)</td><td>10 (71.4)</td></tr>
        <tr><td>All patients</td><td>7 (26.9)</td><td>17 (65.4)</td></tr></table>""",
        """
        2,2 | 16.7 | percent | ORR | 100 mg | 12 | numerator=2
        2,3 | 58.3 | percent | DCR | 100 mg | 12 | numerator=7
        3,2 | 35.7 | percent | ORR | 200 mg | 14 | numerator=5
        3,3 | 71.4 | percent | DCR | 200 mg | 14 | numerator=10
        4,2 | 26.9 | percent | ORR | All patients | - | numerator=7; derived n=26
        4,3 | 65.4 | percent | DCR | All patients | - | numerator=17; derived n=26
        """,
    ),
    "subgroups in rows keep no arm's n": (
        """<p>Overall response rate by subgroup</p>
        <table><tr><td>Subgroup</td><td>Merolisib (n=120)</td><td>Placebo (n=118)</td></tr>
        <tr><td>Age &lt;65 years</td><td>31/70 (44.3%)</td><td>12/66 (18.2%)</td></tr>
        <tr><td>Age &#8805;65 years</td><td>18/50 (36.0%)</td><td>9/52 (17.3%)</td></tr>
        <tr><td>ECOG 0</td><td>45.0%</td><td>19.1%</td></tr>
        <tr><td>PD-L1 &#8805;1%</td><td>52.4%</td><td>20.3%</td></tr></table>""",
        """
        2,2 | 44.3% | percent | Overall response rate | Merolisib | 70 | numerator=31; population=subgroup; subgroup=Age <65 years
        2,3 | 18.2% | percent | Overall response rate | Placebo | 66 | numerator=12; population=subgroup; subgroup=Age <65 years
        3,2 | 36.0% | percent | Overall response rate | Merolisib | 50 | numerator=18; population=subgroup; subgroup=Age ≥65 years
        3,3 | 17.3% | percent | Overall response rate | Placebo | 52 | numerator=9; population=subgroup; subgroup=Age ≥65 years
        4,2 | 45.0% | percent | Overall response rate | Merolisib | - | population=subgroup; subgroup=ECOG 0
        4,3 | 19.1% | percent | Overall response rate | Placebo | - | population=subgroup; subgroup=ECOG 0
        5,2 | 52.4% | percent | Overall response rate | Merolisib | - | population=subgroup; subgroup=PD-L1 ≥1%
        5,3 | 20.3% | percent | Overall response rate | Placebo | - | population=subgroup; subgroup=PD-L1 ≥1%
        """,
    ),
    "the same labels in a table of who the patients were": (
        """<p>Baseline characteristics</p>
        <table><tr><td></td><td>Merolisib (n=120)</td><td>Placebo (n=118)</td></tr>
        <tr><td>Age &#8805;65 years, n (%)</td><td>50 (41.7)</td><td>52 (44.1)</td></tr>
        <tr><td>ECOG 0, n (%)</td><td>60 (50.0)</td><td>63 (53.4)</td></tr></table>""",
        """
        2,2 | 41.7 | percent | Age ≥65 years | Merolisib | 120 | numerator=50
        2,3 | 44.1 | percent | Age ≥65 years | Placebo | 118 | numerator=52
        3,2 | 50.0 | percent | ECOG 0 | Merolisib | 120 | numerator=60
        3,3 | 53.4 | percent | ECOG 0 | Placebo | 118 | numerator=63
        """,
    ),
    "not reached and not estimable where a time is measured": (
        """<table><tr><td></td><td>Tavorelin (n=88)</td><td>Docetaxel (n=90)</td></tr>
        <tr><td>Overall survival</td><td>NR</td><td>NE</td></tr>
        <tr><td>Duration of response (months)</td><td>Not reached</td><td>5.8</td></tr>
        <tr><td>Objective response rate</td><td>NE</td><td>21.1%</td></tr>
        <tr><td>Complete response</td><td>&#8212;</td><td>N/A</td></tr></table>""",
        """
        2,2 | NR | duration | Overall survival | Tavorelin | 88
        2,3 | NE | duration | Overall survival | Docetaxel | 90
        3,2 | Not reached | duration months | Duration of response | Tavorelin | 88
        3,3 | 5.8 | duration months | Duration of response | Docetaxel | 90
        4,3 | 21.1% | percent | Objective response rate | Docetaxel | 90
        """,
    ),
    "a stub that spans rows, a time in the second": (
        """<table><tr><td>Endpoint</td><td>Visit</td><td>Aqualor (n=36)</td><td>Placebo (n=35)</td></tr>
        <tr><td rowspan="2">ACR20 response</td><td>Week 4</td><td>33.3%</td><td>17.1%</td></tr>
        <tr><td>Week 8</td><td>47.2%</td><td>20.0%</td></tr>
        <tr><td rowspan="2">DAS28 remission</td><td>Week 4</td><td>11.1%</td><td>2.9%</td></tr>
        <tr><td>Week 8</td><td>19.4%</td><td>5.7%</td></tr></table>""",
        """
        2,3 | 33.3% | percent | ACR20 response | Aqualor | 36 | time=Week 4
        2,4 | 17.1% | percent | ACR20 response | Placebo | 35 | time=Week 4
        3,3 | 47.2% | percent | ACR20 response | Aqualor | 36 | time=Week 8
        3,4 | 20.0% | percent | ACR20 response | Placebo | 35 | time=Week 8
        4,3 | 11.1% | percent | DAS28 remission | Aqualor | 36 | time=Week 4
        4,4 | 2.9% | percent | DAS28 remission | Placebo | 35 | time=Week 4
        5,3 | 19.4% | percent | DAS28 remission | Aqualor | 36 | time=Week 8
        5,4 | 5.7% | percent | DAS28 remission | Placebo | 35 | time=Week 8
        """,
    ),
}

PIPES = {
    "pipes with sizes under the arms, unit in the stub": (
        """Week 52 results in the safety population:

| | Ilvanib | Placebo |
|---|---:|---:|
| | (n=140) | (n=139) |
| Diarrhea, % | 18.6 | 7.9 |
| ALT increase, % | 6.4 | 1.4 |
""",
        """
        3,2 | 18.6 | percent | Diarrhea | Ilvanib | 140 | time=Week 52; population=safety
        3,3 | 7.9 | percent | Diarrhea | Placebo | 139 | time=Week 52; population=safety
        4,2 | 6.4 | percent | ALT increase | Ilvanib | 140 | time=Week 52; population=safety
        4,3 | 1.4 | percent | ALT increase | Placebo | 139 | time=Week 52; population=safety
        """,
    ),
}


@pytest.mark.parametrize("name", [*AGENTS, *CAPTIONS, *HEADS])
def test_tables_of_pages(name):
    source, wanted = {**AGENTS, **CAPTIONS, **HEADS}[name]
    assert read(f"<html><body>{source}</body></html>", "page.htm") == lines(wanted)


@pytest.mark.parametrize("name", PIPES)
def test_tables_of_pipes(name):
    source, wanted = PIPES[name]
    assert read(source, "page.md") == lines(wanted)
