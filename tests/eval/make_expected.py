"""Writes expected.json: the figures of trec_eval, through pytrec_eval, for the files beside it.

Runs with: pip install pytrec_eval-terrier==0.5.11 scipy==1.17.1
"""

import json
from importlib.metadata import version
from pathlib import Path

import pytrec_eval
from scipy.stats import permutation_test

HERE = Path(__file__).parent
K, DEPTH = 5, 100


def qrels():
    judged = {}
    for line in (HERE / "qrels.txt").read_text().splitlines():
        query, _, document, grade = line.split()
        judged.setdefault(query, {})[document] = int(grade)
    return judged


def run(name):
    found = {}
    for line in (HERE / name).read_text().splitlines():
        query, _, document, _, score, _ = line.split()
        found.setdefault(query, {})[document] = float(score)
    return found


def figures(judged, found):
    names = {
        f"ndcg_cut_{K}": "ndcg",
        "recip_rank": "mrr",
        f"P_{K}": "precision",
        f"recall_{K}": "recall",
        f"recall_{DEPTH}": "recall_depth",
    }
    measures = {f"ndcg_cut.{K}", "recip_rank", f"P.{K}", f"recall.{K},{DEPTH}"}
    linear = pytrec_eval.RelevanceEvaluator(judged, measures).evaluate(found)
    # trec_eval knows linear gains only: 2^grade - 1 is the linear gain of changed grades.
    raised = {q: {d: 2 ** max(g, 0) - 1 for d, g in docs.items()} for q, docs in judged.items()}
    exp2 = pytrec_eval.RelevanceEvaluator(raised, measures).evaluate(found)
    table = {}
    for query in sorted(judged):
        # A judged query without a run counts 0, as with trec_eval -c.
        row = {ours: linear.get(query, {}).get(theirs, 0.0) for theirs, ours in names.items()}
        row["ndcg_exp2"] = exp2.get(query, {}).get(f"ndcg_cut_{K}", 0.0)
        row["zero_hit"] = 0.0 if found.get(query) else 1.0
        table[query] = row
    return table


def mean(table):
    keys = next(iter(table.values()))
    return {key: sum(row[key] for row in table.values()) / len(table) for key in keys}


def p_values(ours, theirs):
    """Exact p values of the two-sided paired randomization test: all sign changes."""
    values = {}
    for key in next(iter(ours.values())):
        a = [ours[q][key] for q in ours]
        b = [theirs[q][key] for q in ours]
        test = permutation_test(
            (a, b),
            lambda x, y, axis: (x - y).mean(axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=float("inf"),
        )
        values[key] = float(test.pvalue)
    return values


judged = qrels()
ours = figures(judged, run("run.txt"))
theirs = figures(judged, run("baseline.txt"))
expected = {
    "made_with": {name: version(name) for name in ("pytrec_eval-terrier", "scipy")},
    "k": K,
    "depth": DEPTH,
    "run": ours,
    "run_mean": mean(ours),
    "baseline": theirs,
    "baseline_mean": mean(theirs),
    "p": p_values(ours, theirs),
}
(HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
