"""Hugging Face evaluate: the judge as a metric, `evaluate.load(FILE)` with the path of this module."""

from alignment.judging import Judge
from alignment.plugins import needs
from logic.errors import installs
from logic.judging.compare import Names

with needs(installs("evaluate")):
    import datasets
    import evaluate

DESCRIPTION = "How well formulas of first-order logic say what their references say, by proof."
CITATION = ""
INPUTS = """
Args:
    predictions: texts with a formula in them, as a model wrote them.
    references: formulas.
    names: "match" (the default) lets a prediction use other names, "exact" does not.
    domain, dialect: the language and notation of the formulas, as in `logic.score`.

Returns:
    logic: the mean score of those that were judged, in [0, 1]; NaN where none was.
    equivalent: the share of those that were judged that is proved equivalent.
    judged: the share that was judged; NaN where there was nothing to judge.
    scores: the score of each, None where it was not judged.
"""


@evaluate.utils.file_utils.add_start_docstrings(DESCRIPTION, INPUTS)
class LogicScore(evaluate.Metric):
    """The scores of `logic.score` and their means."""

    def _info(self) -> evaluate.MetricInfo:
        texts = {"predictions": datasets.Value("string"), "references": datasets.Value("string")}
        return evaluate.MetricInfo(
            description=DESCRIPTION,
            citation=CITATION,
            inputs_description=INPUTS,
            features=datasets.Features(texts),
        )

    def _compute(
        self,
        predictions: list[str],
        references: list[str],
        names: Names = "match",
        domain: str = "fol",
        dialect: str | None = None,
    ) -> dict[str, object]:
        scores = Judge(names, domain, dialect).scores(predictions, references)
        judged = [score for score in scores if score is not None]
        count, asked = (len(part) or float("nan") for part in (judged, scores))
        return {
            "logic": sum(judged) / count,
            "equivalent": sum(score == 1.0 for score in judged) / count,
            "judged": len(judged) / asked,
            "scores": scores,
        }
