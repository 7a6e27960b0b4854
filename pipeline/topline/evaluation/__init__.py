"""Gold against predictions, both plain records: scores, outcomes, floors, differences and the error report."""
