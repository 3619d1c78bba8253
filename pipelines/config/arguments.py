"""The options of each stage that are the project's own; the trainer's come beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pipelines.config.light.mappings import mapping_of
from pipelines.config.light.prompting import PromptArguments

TINY = "tiny"
DEFAULT_OUTPUT_DIR = "runs/default"
PROMPTS_SPLIT = (
    "split to take prompts and references from; where absent rl, or train where there is no rl"
)


def _help(text: str) -> dict[str, Any]:
    return {"help": text}


@dataclass
class DataArguments(PromptArguments):
    """Which sentences a stage reads."""

    splits: ClassVar[tuple[str, ...]] = ("train",)
    """What is read where no split is named: the first that the data set has."""
    own_task: ClassVar[str | None] = None
    """The task of a user's own rows where none is named; translate for None."""

    dataset: str = field(
        default="synthetic",
        metadata=_help(
            "a data set's name, or your own rows: a file, a folder or a name on the hub"
        ),
    )
    dataset_path: str | None = field(
        default=None,
        metadata=_help("a local copy of a named data set, or another name of it on the hub"),
    )
    columns: dict[str, Any] | str | None = field(
        default=None,
        metadata=_help('the columns of your own rows, as in {"sentence": "NL", "formula": "FOL"}'),
    )
    dataset_settings: dict[str, Any] | str | None = field(
        default=None,
        metadata=_help("how rows are made, as in {depth: [1, 8], proofs: 2} for proof-synthetic"),
    )
    task: str | None = field(
        default=None,
        metadata=_help("translate, correct, distill ...; the data set's own where absent"),
    )
    domain: str = field(
        default="fol",
        metadata=_help(
            "domain of the formulas, for translate, correct and distill: a name, "
            "the path of a .py file"
        ),
    )
    dialect: str | None = field(
        default=None,
        metadata=_help(
            "notation that the data's formulas are written in, where it is known, as in "
            "folalign verify --dialect; it is found from each formula where absent"
        ),
    )
    predictions: str | None = field(
        default=None,
        metadata=_help("task correct: file of a model's answers, as the wrong formulas"),
    )
    overwrite: bool = field(
        default=False, metadata=_help("start afresh where the run directory holds other settings")
    )
    section: str = field(
        default="", metadata=_help("name of the section, and of its directory in output_dir")
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.columns = mapping_of("columns", self.columns, "{sentence: NL}")
        self.dataset_settings = mapping_of(
            "dataset_settings", self.dataset_settings, "{depth: [1, 8]}"
        )
        if self.columns and not all(isinstance(name, str) for name in self.columns.values()):
            raise ValueError(
                f"columns maps the names here to those of your file, got {self.columns!r}"
            )


@dataclass
class TrainingArguments(DataArguments):
    """Where a training stage starts, and on which rows; the defaults are for a stage alone."""

    model: str | None = field(
        default=None,
        metadata=_help(
            "local path or hub name, NAME@REVISION to pin it; tiny builds a small Qwen3 of random "
            "weights on the corpus"
        ),
    )
    start: str | None = field(
        default=None,
        metadata=_help("section of output_dir whose model to start from; in a run the one before"),
    )
    base: str = field(default="base", metadata=_help("directory of the tiny model in output_dir"))
    train_split: str | None = field(
        default=None, metadata=_help("split to train on; train where absent")
    )
    train_size: int | None = field(
        default=None, metadata=_help("rows to train on; all where absent")
    )
    gold_rows: int | None = field(
        default=None,
        metadata=_help(
            "task story: how many rows, the first, keep their formulas; of the others the label alone "
            "is known. All keep them where absent"
        ),
    )
    gold_split: str | None = field(
        default=None,
        metadata=_help(
            "task story: split that the gold_rows come from, which are of the train_size too and stand "
            "first; train_split where absent"
        ),
    )
    lora_r: int = field(
        default=0, metadata=_help("rank of LoRA; 0 trains all weights. The saved model is merged")
    )
    lora_alpha: int = field(
        default=32, metadata=_help("LoRA adds its product times lora_alpha / lora_r")
    )
    lora_dropout: float = field(default=0.0, metadata=_help("dropout before LoRA's matrices"))
    lora_target_modules: list[str] = field(
        default_factory=lambda: ["all-linear"],
        metadata=_help("names of the layers that LoRA is added to"),
    )


@dataclass
class SFTArguments(TrainingArguments):
    """Own options of the SFT stage."""


@dataclass
class RewardArguments(TrainingArguments):
    """Which rewards a stage pays, and how several become one; `reward_weights` is TRL's.

    docs/rewards.md describes them.
    """

    rewards: list[str] = field(
        default_factory=lambda: ["logic"], metadata=_help("names of rewards")
    )
    reward_settings: dict[str, Any] | str | None = field(
        default=None, metadata=_help('settings of rewards, as in {"length": {"maximum": 200}}')
    )
    reward_combination: Literal["sum", "mean", "min", "mean_minus_variance"] = field(
        default="sum", metadata=_help("how several rewards become one")
    )
    reward_transform: Literal["none", "log_sigmoid", "par"] = field(
        default="none",
        metadata=_help(
            "what each reward goes through first, beside those of samples of the start model "
            "(sgrpo and rloo)"
        ),
    )
    reward_constraints: list[str] = field(
        default_factory=list,
        metadata=_help(
            "rewards that must be 1: a completion of which one is not gets the least of its group; "
            "NAME=SHARE is weighed instead, until that share of the completions meets it"
        ),
    )
    reward_scale: float | None = field(
        default=None,
        metadata=_help("factor in a transform; 1 for par and 8 for log_sigmoid where absent"),
    )
    # Where the models lie that settings name by section; no key of a config.
    run_dir: str = field(default="", init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        example = '{"length": {"maximum": 200}}'
        self.reward_settings = mapping_of("reward_settings", self.reward_settings, example)
        settings = (self.reward_settings or {}).values()
        if not all(isinstance(values, dict) for values in settings):
            raise ValueError(
                "reward_settings maps names of rewards to their settings, "
                f"as in {example}, got {self.reward_settings!r}"
            )

    def settings_by_reward(self) -> dict[str, dict[str, Any]]:
        """The settings of each reward that has some."""
        return self.reward_settings if isinstance(self.reward_settings, dict) else {}


@dataclass
class RolloutArguments(RewardArguments):
    """How a stage samples answers and has them judged before it trains."""

    splits: ClassVar[tuple[str, ...]] = ("rl", "train")
    train_split: str | None = field(default=None, metadata=_help(PROMPTS_SPLIT))
    backend: Literal["vllm", "transformers"] = field(
        default="vllm", metadata=_help("what samples completions")
    )
    samples: int = field(default=8, metadata=_help("answers to sample for each prompt"))
    temperature: float = field(default=1.0, metadata=_help("temperature of the sampling"))
    top_p: float = field(default=1.0, metadata=_help("nucleus of the sampling"))
    top_k: int = field(default=0, metadata=_help("only the k likeliest tokens; 0 for all"))
    max_tokens: int = field(default=128, metadata=_help("longest answer, in tokens"))
    batch_size: int = field(
        default=64, metadata=_help("prompts sampled, judged and written at a time")
    )


@dataclass
class RAFTArguments(RolloutArguments):
    """Own options of the RAFT stage."""

    rounds: int = field(
        default=4,
        metadata=_help("times to sample and train; rows and max_steps are divided by them"),
    )
    threshold: float | None = field(
        default=None,
        metadata=_help("a prompt whose best sample scores less is left out; absent: none is"),
    )
    kl_weight: float = field(
        default=0.0,
        metadata=_help(
            "weight of KL(policy || start model) per answer token; above 0 it is SuperHF"
        ),
    )


@dataclass
class HeldOutArguments(DataArguments):
    """What every stage has that judges models on held-out rows."""

    splits: ClassVar[tuple[str, ...]] = ("test", "validation")
    model: list[str] = field(
        default_factory=list,
        metadata=_help(
            "local paths or hub names, or name=path; every model of output_dir where absent"
        ),
    )
    output_dir: str = field(default=DEFAULT_OUTPUT_DIR, metadata=_help("the run directory"))
    seed: int = field(default=0, metadata=_help("seed of the split and of sampling"))
    split: str | None = field(
        default=None,
        metadata=_help(
            "split to evaluate on; where absent test, or validation where there is none"
        ),
    )
    size: int | None = field(default=None, metadata=_help("rows to evaluate on; all where absent"))
    backend: Literal["vllm", "transformers"] = field(
        default="transformers", metadata=_help("what samples answers")
    )
    dtype: Literal["float32", "bfloat16", "float16"] | None = field(
        default=None,
        metadata=_help("what answers are sampled in; bfloat16 on a GPU that has it where absent"),
    )
    max_tokens: int = field(default=128, metadata=_help("longest answer, in tokens"))
    batch_size: int = field(default=128, metadata=_help("prompts per batch"))
    endpoint: str | None = field(
        default=None,
        metadata=_help(
            "OpenAI-compatible endpoint whose models are judged, such as "
            "http://localhost:8000/v1; `model` is then their names there, and prompts are messages"
        ),
    )
    endpoint_key: str = field(
        default="OPENAI_API_KEY", metadata=_help("environment variable with the endpoint's key")
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.endpoint is not None:
            if not self.model:
                raise ValueError("endpoint: name the models there with --model")
            self.chat = True


@dataclass
class EvaluateArguments(HeldOutArguments):
    """All options of the evaluation."""

    samples: int = field(
        default=4, metadata=_help("sampled answers per sentence; 0 leaves the sampled part out")
    )
    grammar: Literal["none", "formula", "signature"] = field(
        default="formula",
        metadata=_help(
            "grammar of the constrained part: any formula, or the reference's names; "
            "none leaves it out"
        ),
    )
    round_trip: bool = field(
        default=False, metadata=_help("have each greedy formula, in words, translated once more")
    )
    temperature: float = field(default=1.0, metadata=_help("temperature of the sampled part"))
    top_p: float = field(default=1.0, metadata=_help("nucleus of the sampled part"))
    answer_dialect: str | None = field(
        default=None,
        metadata=_help(
            "notation that the model answers in, where it is known, as in folalign verify "
            "--dialect; it is found from each answer where absent"
        ),
    )


@dataclass
class AnswersArguments(HeldOutArguments):
    """Options of the comparison of answers with preferred ones, and with those of another model."""

    own_task: ClassVar[str | None] = "preference"
    dataset: str = field(default="preference-synthetic", metadata=_help("name of a data loader"))
    translator: str = field(
        default="",
        metadata=_help(
            "section, path or hub name of the model that turns answers into formulas; not needed "
            "where the data set's English is read exactly"
        ),
    )
    translator_prompt: str | None = field(
        default=None, metadata=_help("its prompt template; distill's where absent")
    )
    translator_chat: bool = field(default=False, metadata=_help("ask it through its chat template"))
    formula_tokens: int = field(default=96, metadata=_help("longest formula, in tokens"))
    threshold: float = field(
        default=0.6, metadata=_help("likeness of names below which they are no match")
    )
    embedding: str | None = field(
        default=None,
        metadata=_help(
            "sentence-transformers model that compares names; by their words where absent"
        ),
    )
    baseline: str | None = field(
        default=None,
        metadata=_help("name of the model, judged by this section before, to win or lose against"),
    )
    judge_url: str | None = field(
        default=None,
        metadata=_help("OpenAI-compatible endpoint that judges, such as http://localhost:8000/v1"),
    )
    judge_model: str = field(default="", metadata=_help("the judge's name at the endpoint"))
    judge_key: str = field(
        default="OPENAI_API_KEY", metadata=_help("environment variable with the endpoint's key")
    )
    judge_timeout: float = field(default=60.0, metadata=_help("seconds that one attempt may take"))
    judge_retries: int = field(default=3, metadata=_help("further attempts after a failed one"))
    judge_tokens: int = field(default=16, metadata=_help("longest reply of the judge, in tokens"))
    samples: int = field(
        default=0,
        metadata=_help("sampled answers per prompt beside the greedy one, judged by logic alone"),
    )
    temperature: float = field(default=1.0, metadata=_help("temperature of the sampled answers"))


@dataclass
class EntailArguments(HeldOutArguments):
    """Options of the evaluation by entailment; `prompt` is a template of the task translate."""

    own_task: ClassVar[str | None] = "entail"
    dataset: str = field(
        default="entail-synthetic", metadata=_help("name of a data loader with stories")
    )
    grammar: Literal["none", "formula"] = field(
        default="formula", metadata=_help("whether models may write anything but formulas")
    )


@dataclass
class MTArguments(HeldOutArguments):
    """Options of the evaluation of translation between languages."""

    own_task: ClassVar[str | None] = "mt"
    dataset: str = field(
        default="mt-synthetic", metadata=_help("name of a data loader with pairs of texts")
    )
    comet: str | None = field(
        default=None,
        metadata=_help(
            "COMET model or none; the usual one where absent and unbabel-comet is installed"
        ),
    )
