"""A domain whose formulas harm the process that reads them: for tests of what goes on all the same."""

from __future__ import annotations

import os
import signal
import time

from logic import syntax as S
from logic.domains.kit.domain import Domain
from logic.symbols import symbols


class _Trap(Domain):
    def refine(self, formula: S.Formula) -> S.Formula:
        """The formula, but for names that do what they say."""
        names = {name for _, name, _ in symbols(formula)}
        if "Dies" in names:
            os.kill(os.getpid(), signal.SIGKILL)
        if "Hangs" in names:
            time.sleep(600)
        if "Dawdles" in names:
            time.sleep(0.4)
        if "Eats" in names:
            bytearray(1 << 45)
        if "Raises" in names:
            raise RuntimeError("<b>raised</b>")
        return formula


DOMAIN = _Trap("trap")
