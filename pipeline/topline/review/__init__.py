"""Reviewing predicted rows in a local page: decisions go to a journal, the reviewed documents to gold."""
