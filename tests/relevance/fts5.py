"""Writes the run of a plain full-text search, SQLite's FTS5, for `bp eval --run`.

    python3 tests/relevance/fts5.py FOLDER QUERIES.tsv > fts5.run
    bp eval --queries QUERIES.tsv --qrels QRELS --run fts5.run

Every Markdown file below FOLDER is a document: its name without `.md` is the id, the title of its head or its first heading
is the column `title`, its whole text the column `body`. Words are stemmed by FTS5's porter tokenizer, any word of a query
is enough, and bm25() ranks; equal scores go by id. Filters of a query are not applied. The standard library is all it needs.
"""

import argparse
import re
import sqlite3
import sys
from pathlib import Path


def title_of(text, stem):
    head = re.match(r"---\r?\n(.*?)\r?\n---", text, re.DOTALL)
    named = head and re.search(r"^title:[ \t]*(.+?)[ \t]*$", head.group(1), re.MULTILINE)
    if named:
        return named.group(1).strip("\"'")
    heading = re.search(r"^#+[ \t]+(.+)$", text, re.MULTILINE)
    return heading.group(1) if heading else stem.replace("-", " ")


def documents(folder):
    for path in sorted(Path(folder).rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield path.stem, title_of(text, path.stem), text


def queries(path):
    """Lines of id and text with a tab between, or a table whose header row names both."""
    rows = [line.split("\t") for line in Path(path).read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    id_at, text_at = 0, 1
    names = [name.strip().lower() for name in rows[0]]
    ids = [at for at, name in enumerate(names) if name in ("qid", "id")]
    texts = [at for at, name in enumerate(names) if name in ("query", "text")]
    if ids and texts:
        id_at, text_at, rows = ids[0], texts[0], rows[1:]
    for row in rows:
        yield row[id_at].strip(), row[text_at].strip() if len(row) > text_at else ""


def any_of(text):
    """The words of a text, each quoted, so that FTS5 reads no sign of it."""
    words = dict.fromkeys(re.findall(r"\w+", text.lower()))
    return " OR ".join(f'"{word}"' for word in words)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="folder of Markdown files")
    parser.add_argument("queries", help="file of queries")
    parser.add_argument("--depth", type=int, default=100, help="documents for each query (default: %(default)s)")
    parser.add_argument("--title", type=float, default=1.0, help="weight of the title beside the body's 1 (default: 1)")
    args = parser.parse_args()

    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE docs USING fts5(id UNINDEXED, title, body, tokenize = 'porter unicode61')")
    base.executemany("INSERT INTO docs VALUES (?, ?, ?)", documents(args.folder))
    if base.execute("SELECT count(*) FROM docs").fetchone() == (0,):
        sys.exit(f"{args.folder}: no Markdown file")
    ask = "SELECT id, -bm25(docs, 0.0, ?, 1.0) AS score FROM docs WHERE docs MATCH ? ORDER BY score DESC, id LIMIT ?"
    for query, text in queries(args.queries):
        wanted = any_of(text)
        found = base.execute(ask, (args.title, wanted, args.depth)) if wanted else ()
        for rank, (document, score) in enumerate(found, 1):
            print(query, "Q0", document, rank, f"{score:.9g}", "fts5")


if __name__ == "__main__":
    main()
