"""Reads company filings and turns every clinical-trial result in them into a row that can be checked."""

__version__ = "0.1.0"
