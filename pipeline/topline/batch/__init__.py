"""Many files: a plan of inputs in shards, processes that may die, and a folder that a killed run leaves fit to go on.

`make_plan` fixes the inputs; an engine (`run_local`, or `cluster.run_dask`) turns shards into bytes with the pure
`extract_shard`; `extract_folder` writes each shard whole and joins them in the inputs' order.
"""

from topline.batch.folder import Engine, extract_folder, open_folder, read_statuses
from topline.batch.manifest import Plan
from topline.batch.runner import run_local
from topline.batch.shards import Entry, Settings, extract_input, extract_shard
from topline.batch.survey import make_plan

__all__ = [
    "Engine",
    "Entry",
    "Plan",
    "Settings",
    "extract_folder",
    "extract_input",
    "extract_shard",
    "make_plan",
    "open_folder",
    "read_statuses",
    "run_local",
]
