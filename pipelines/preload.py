"""What the server process of `pipelines.processes` imports once, for every stage."""

from pipelines.quiet import quiet

quiet()

# After the libraries are told to be quiet; the two stages that a run has as a rule.
import pipelines.stages.sft  # noqa: E402
import pipelines.stages.sgrpo  # noqa: E402

__all__ = ["pipelines"]
