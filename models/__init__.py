"""The shipped models, each a folder of plain arrays with its config and card."""
