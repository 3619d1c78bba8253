"""What watches a run and changes nothing in it: logs, samples, a progress bar, alarms."""

from alignment.watching.alarms import Alarms
from alignment.watching.callbacks import MetricsLog, ProgressBar, SamplesLog

__all__ = ["Alarms", "MetricsLog", "ProgressBar", "SamplesLog"]
