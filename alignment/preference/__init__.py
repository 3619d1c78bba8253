"""How near the logic of an answer is to that of a preferred answer.

The translator, which loads torch, is in `alignment.preference.translator`.
"""

from alignment.preference.faults import fault
from alignment.preference.judge import THRESHOLD, Finding, PreferenceJudge, Reader, counts

__all__ = ["THRESHOLD", "Finding", "PreferenceJudge", "Reader", "counts", "fault"]
