"""The acts of this room."""

from madoguchi.jobs.actions.clock import strike
from madoguchi.jobs.actions.jobs import cancel, each, finish, run_again, running, start
from madoguchi.jobs.actions.workers import beat, bury, goodbye, reap, sweep

__all__ = ["beat", "bury", "cancel", "each", "finish", "goodbye", "reap", "run_again", "running", "start", "strike", "sweep"]
