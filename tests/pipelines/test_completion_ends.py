"""What ends a completion in training by samples, where the trainer's settings leave it a choice."""

from types import SimpleNamespace

import pytest

pytest.importorskip("trl")

from datasets import Dataset

from alignment.trainers.sgrpo import SGRPOConfig
from pipelines.config.light.sgrpo import SGRPOArguments
from pipelines.training.sampled import completion_ends

ROWS = Dataset.from_dict({"prompt": ["Sentence: Every cat sees a dog.\nFOL:"]})
BATCHING = {"use_transformers_continuous_batching": True}


@pytest.mark.parametrize(
    ("backend", "stop", "settings", "ends"),
    [
        ("transformers", None, {}, ("\nSentence:",)),
        ("transformers", None, BATCHING, ()),
        ("transformers", [], BATCHING, ()),
        ("vllm", None, BATCHING, ("\nSentence:",)),
        ("vllm", None, {"mask_truncated_completions": True}, ()),
        ("vllm", ["\n"], {}, ("\n",)),
    ],
)
def test_default_stop_texts_give_way_aloud_to_settings_that_admit_none(
    tmp_path, capsys, backend, stop, settings, ends
) -> None:
    trainer = SGRPOConfig(output_dir=str(tmp_path), use_cpu=True, bf16=False, **settings)
    options = SGRPOArguments(backend=backend, stop=stop)
    config = SimpleNamespace(
        stage="sgrpo", arguments=SimpleNamespace(options=options, trainer=trainer)
    )
    assert completion_ends(config, ROWS) == ends
    dropped = stop is None and not ends
    told = " ".join(capsys.readouterr().out.split())
    assert ("go on to the end of text" in told) is dropped
    assert all((setting in told) is dropped for setting in settings)
