"""What the server process of `pipelines.processes` imports once, for every stage to find it loaded."""

from pipelines.console import quiet

quiet()

import datasets  # noqa: E402
import trl.trainer.sft_trainer  # noqa: E402

import alignment.sampling  # noqa: E402
import alignment.trainers.sgrpo  # noqa: E402

__all__ = ["alignment", "datasets", "trl"]
