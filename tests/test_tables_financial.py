"""Tables of other matters give no result, whatever percentages, drugs and groups stand in them.

They are marked up and drawn as in real filings, in words and figures of our own; each stands among clinical sentences,
as it would in a biotechnology company's report. The last group are their clinical counterparts, which are read.
"""

from __future__ import annotations

import pytest
from table_rows import lines, read, results

PROSE = (
    "Patients in our clinical trials of Velotinib received a dose of 40 mg. Of the patients treated, some had adverse "
    "events; the safety and efficacy of the treatment in tumors and the response of patients are under study."
)

PAGES = {
    "a balance sheet with spacers and signs apart": """
        <table><tr><td style="width:1.0%"></td><td style="width:60%"></td><td></td><td></td><td></td><td></td></tr>
        <tr><td colspan="2">(in thousands)</td><td colspan="2"><b>December 31, 2021</b></td><td></td><td>2020</td></tr>
        <tr><td colspan="2">Cash and cash equivalents</td><td>$</td><td>41,207</td><td></td><td>38,114</td></tr>
        <tr><td colspan="2">Total liabilities</td><td></td><td>12,308</td><td></td><td>9,644</td></tr></table>""",
    "operations by quarter with the change in percent": """
        <table><tr><td>&#160;</td><td colspan="9">Thirteen Weeks Ended</td></tr>
        <tr><td>&#160;</td><td colspan="3">November 2, 2024</td><td colspan="3">October 28, 2023</td>
        <td colspan="3">% change</td></tr>
        <tr><td>Product sales, Velotinib</td><td colspan="2">14,206</td><td></td><td colspan="2">11,880</td><td></td>
        <td colspan="2">19.6</td><td>%</td></tr>
        <tr><td>Collaboration revenue</td><td colspan="2">2,110</td><td></td><td colspan="2">2,600</td><td></td>
        <td colspan="2">(18.8</td><td>)%</td></tr></table>""",
    "as a percentage of sales, no sign of money": """
        <table><tr><td></td><td>2019</td><td></td><td>2018</td><td></td></tr>
        <tr><td>Gross margin</td><td>71.4</td><td>%</td><td>68.2</td><td>%</td></tr>
        <tr><td>Research and development</td><td>44.0</td><td>%</td><td>39.7</td><td>%</td></tr>
        <tr><td>Effective tax rate</td><td>21.3</td><td>%</td><td>22.8</td><td>%</td></tr></table>""",
    "sales by product in percent": """
        <p>Percentage of net product sales</p>
        <table><tr><td>Product</td><td>2022</td><td>2021</td></tr><tr><td>Velotinib 40 mg</td><td>62%</td><td>58%</td></tr>
        <tr><td>Velotinib 80 mg</td><td>38%</td><td>42%</td></tr></table>""",
    "customers above ten percent": """
        <table><tr><td></td><td colspan="2">Years Ended December 31,</td></tr><tr><td></td><td>2022</td><td>2021</td></tr>
        <tr><td>Customer A</td><td>34%</td><td>29%</td></tr><tr><td>Customer B</td><td>22%</td><td>27%</td></tr>
        <tr><td>Total</td><td>56%</td><td>56%</td></tr></table>""",
    "option pricing": """
        <table><tr><td></td><td>2022</td><td>2021</td></tr><tr><td>Risk-free interest rate</td><td>2.9%</td><td>0.8%</td></tr>
        <tr><td>Expected volatility</td><td>81.5%</td><td>84.0%</td></tr>
        <tr><td>Expected term (in years)</td><td>6.1</td><td>6.0</td></tr><tr><td>Dividend yield</td><td>0%</td>
        <td>0%</td></tr></table>""",
    "pension assumptions": """
        <table><tr><td></td><td>2009</td><td>2008</td></tr><tr><td>Discount rate</td><td>5.9%</td><td>6.2%</td></tr>
        <tr><td>Rate of compensation increase</td><td>3.5%</td><td>4.0%</td></tr>
        <tr><td>Expected return on plan assets</td><td>7.5%</td><td>8.0%</td></tr></table>""",
    "plan assets by class": """
        <table><tr><td>Asset category</td><td>Target allocation</td><td>Actual 2009</td></tr>
        <tr><td>Equity securities</td><td>60%</td><td>58%</td></tr><tr><td>Debt securities</td><td>35%</td><td>36%</td></tr>
        <tr><td>Other</td><td>5%</td><td>6%</td></tr></table>""",
    "leases": """
        <table><tr><td></td><td>2022</td><td>2021</td></tr>
        <tr><td>Weighted-average remaining lease term, years</td><td>5.4</td><td>6.2</td></tr>
        <tr><td>Weighted-average discount rate</td><td>6.8%</td><td>6.8%</td></tr></table>""",
    "owners of shares": """
        <table><tr><td>Name of beneficial owner</td><td>Number of shares</td><td>Percent of class</td></tr>
        <tr><td>Alder Grove Partners</td><td>1,204,118</td><td>12.4%</td></tr>
        <tr><td>All directors and officers as a group (9 persons)</td><td>804,220</td><td>8.3%</td></tr></table>""",
    "directors with ages": """
        <table><tr><td>Name</td><td>Age</td><td>Position</td></tr>
        <tr><td>Mara Ellingsworth</td><td>54</td><td>Chief Medical Officer</td></tr>
        <tr><td>Tobias Renwick</td><td>61</td><td>Director</td></tr></table>""",
    "exhibits with a sizing row and paragraphs in cells": """
        <table border="0" style="width:540pt;;"><tr><td style="width:108pt;"></td><td style="width:432pt;"></td></tr>
        <tr><td><p>Exhibit No.</p></td><td><p>Description</p></td></tr><tr><td><p>&#160;</p></td><td><p>&#160;</p></td></tr>
        <tr><td><p>99.1</p></td><td><p><a href="ex.htm">Press release on the Phase 2 trial of Velotinib</a></p></td></tr>
        <tr><td><p>104</p></td><td><p>Cover Page Interactive Data File</p></td></tr></table>""",
    "prices of a quarter": """
        <TABLE border=1><TR><TD><B>Quarter Ended</B></TD><TD width="33%"><B>High</B></TD><TD><B>Low</B></TD></TR>
        <TR><TD>June 30, 2015</TD><TD>4.13</TD><TD>3.05</TD></TR><TR><TD>March 31, 2015</TD><TD>5.20</TD><TD>3.95</TD></TR>
        </TABLE>""",
    "cost of each program": """
        <table><tr><td></td><td colspan="2">Six months ended June 30,</td></tr><tr><td></td><td>2021</td><td>2020</td></tr>
        <tr><td>Velotinib (Phase 2)</td><td>8,114</td><td>6,902</td></tr><tr><td>Merolisib (Phase 1)</td><td>2,306</td>
        <td>1,150</td></tr><tr><td>Personnel expenses</td><td>5,040</td><td>4,411</td></tr></table>""",
    "the pipeline": """
        <table><tr><td>Product candidate</td><td>Indication</td><td>Patients enrolled</td><td>Status</td></tr>
        <tr><td>Velotinib 40 mg</td><td>Melanoma</td><td>54</td><td>Phase 2</td></tr>
        <tr><td>Merolisib</td><td>Breast cancer</td><td>112</td><td>Phase 3</td></tr></table>""",
    "staff by function": """
        <table><tr><td>Function</td><td>Employees</td><td>% of total</td></tr><tr><td>Clinical development</td><td>41</td>
        <td>38%</td></tr><tr><td>Manufacturing</td><td>66</td><td>62%</td></tr></table>""",
    "votes at a meeting": """
        <table><tr><td>Proposal</td><td>For</td><td>Against</td><td>Abstain</td></tr>
        <tr><td>Election of Class II director</td><td>18,204,771</td><td>402,118</td><td>12,004</td></tr>
        <tr><td>Ratification of auditors</td><td>20,118,400</td><td>88,020</td><td>9,410</td></tr></table>""",
    "the burden of a disease": """
        <table><tr><td>Region</td><td>Prevalence</td><td>Diagnosed patients</td></tr>
        <tr><td>United States</td><td>1.4%</td><td>310,000</td></tr><tr><td>Europe</td><td>1.1%</td><td>402,000</td></tr></table>""",
    "tumors of mice": """
        <table><tr><td>Group</td><td>Tumor volume reduction in mice</td><td>Survival</td></tr>
        <tr><td>Velotinib 40 mg/kg (n=10)</td><td>62%</td><td>80%</td></tr><tr><td>Vehicle (n=10)</td><td>4%</td><td>10%</td></tr>
        </table>""",
    "what a trial is powered for": """
        <table><tr><td>Assumptions</td><td>Velotinib (n=150)</td><td>Placebo (n=150)</td></tr>
        <tr><td>Expected response rate</td><td>45%</td><td>25%</td></tr><tr><td>Drop-out</td><td>10%</td><td>10%</td></tr></table>""",
    "royalty tiers": """
        <table><tr><td>Annual net sales of Velotinib</td><td>Royalty rate</td></tr><tr><td>Up to 100 million</td><td>8%</td></tr>
        <tr><td>Over 100 million</td><td>12%</td></tr></table>""",
}

TEXTS = {
    "ratio of earnings to fixed charges": """
<TABLE>
<CAPTION>
                                                                  NINE MONTHS ENDED
                                                                     SEPTEMBER 30,
                                                               -----------------------
                                                                 1992           1993
                                                               --------       --------
<S>                                                            <C>            <C>
Income before taxes, extraordinary items and the
       cumulative effect of a change(a).....................   $ 41,310       $ 77,204
     Ratio of earnings to fixed charges.....................       1.61           1.88
                                                               --------       --------
</TABLE>
""",
    "classes of certificates": """
<TABLE>
<CAPTION>
- -----------------------------------------------------------------------------------
                         PRIOR                                       PASS-THROUGH
CLASS      CUSIP       PRINCIPAL        INTEREST      PRINCIPAL         RATES
- -----------------------------------------------------------------------------------
<S>        <C>         <C>              <C>           <C>            <C>
  II-1A                  811.044172       6.102287      18.330162      8.112044%
  II-2A                1,000.000000       6.430011       0.000000      8.112044%
</TABLE>
""",
    "quarterly prices with leader dots": """
<TABLE>
<CAPTION>
                                          2001 FISCAL QUARTERS
                                    ---------------------------------
                                    FIRST    SECOND   THIRD    FOURTH
                                    ------   ------   -----    ------
<S>                                 <C>      <C>      <C>      <C>
High..............................  41.25    38.10    36.00    44.75
Low...............................  30.06    29.50    27.13    33.88
</TABLE>
""",
    "earnings per share with dashes": """
<TABLE>
<CAPTION>
                                             4/1/01      3/27/00
<S>                                          <C>         <C>
Net income                                   $   102     $    88
  Interest on convertible debt                    --           6
                                             -------     -------
Dilutive options                               4,120       3,077
                                             =======     =======
</TABLE>
""",
    "sales by region, the change in percent": """
                            2001          2000        % change
                          --------      --------      --------
North America                41.2          36.0          14.4%
Europe                       18.8          20.1          (6.5)%
Japan                         9.1           7.7          18.2%
""",
    "schools and bonds": """
Rating            Maturity       Coupon
AAA                 2011          4.25%
AA                  2014          5.10%
""",
    "flattened quarterly figures": """
Three months ended

2024

2023

Velotinib sales growth

14.2%

9.7%

Operating margin

21.0%

18.4%
""",
}

CLINICAL = {
    "the same words in a table of a trial": (
        """<p>Share of patients by class of response</p>
        <table><tr><td>Response class</td><td>Velotinib (n=50)</td><td>Placebo (n=48)</td></tr>
        <tr><td>High response</td><td>62%</td><td>25%</td></tr><tr><td>Low response</td><td>20%</td><td>31%</td></tr></table>""",
        """
        2,2 | 62% | percent | High response | Velotinib | 50
        2,3 | 25% | percent | High response | Placebo | 48
        3,2 | 20% | percent | Low response | Velotinib | 50
        3,3 | 31% | percent | Low response | Placebo | 48
        """,
    ),
    "discontinuations, which are no business": (
        """<table><tr><td>Disposition</td><td>Velotinib (n=50)</td><td>Placebo (n=48)</td></tr>
        <tr><td>Completed treatment</td><td>44 (88.0%)</td><td>40 (83.3%)</td></tr>
        <tr><td>Lost to follow-up</td><td>2 (4.0%)</td><td>3 (6.3%)</td></tr></table>""",
        """
        2,2 | 88.0% | percent | Completed treatment | Velotinib | 50 | numerator=44
        2,3 | 83.3% | percent | Completed treatment | Placebo | 48 | numerator=40
        3,2 | 4.0% | percent | Lost to follow-up | Velotinib | 50 | numerator=2
        3,3 | 6.3% | percent | Lost to follow-up | Placebo | 48 | numerator=3
        """,
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_other_matters(name):
    page = f"<html><body><p>{PROSE}</p>{PAGES[name]}<p>{PROSE}</p></body></html>"
    assert read(page, "page.htm") == []


@pytest.mark.parametrize("name", TEXTS)
def test_texts_of_other_matters(name):
    assert results(f"{PROSE}\n{TEXTS[name]}\n{PROSE}\n", "filing.txt") == ()


@pytest.mark.parametrize("name", CLINICAL)
def test_tables_of_trials_beside_them(name):
    source, wanted = CLINICAL[name]
    assert read(f"<html><body>{source}</body></html>", "page.htm") == lines(wanted)
