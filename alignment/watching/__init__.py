"""What watches a run and changes nothing in it: logs, samples, a progress bar, alarms."""

from alignment.watching.alarms import Alarms
from alignment.watching.logs import DamagedLogError, MetricsLog, SamplesLog
from alignment.watching.progress import ProgressBar

__all__ = ["Alarms", "DamagedLogError", "MetricsLog", "ProgressBar", "SamplesLog"]
