"""What other programs take for the article of the same pages, to compare with.

    pip install trafilatura readability-lxml
    python3 tests/pages/others.py
"""

import re
from html import unescape
from pathlib import Path

import readability
import trafilatura

HERE = Path(__file__).parent


def words(text):
    """The words of a text as the test has them."""
    return set("".join(c if c.isalnum() else " " for c in text.replace("\u00ad", "")).lower().split())


def lists(path):
    """The lists of a file of words."""
    found = {}
    name = None
    for line in path.read_text().splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            found[name] = set()
        elif name:
            found[name] |= set(line.split())
    return found


def by_trafilatura(page):
    return trafilatura.extract(page, include_comments=False, favor_recall=True) or ""


def by_readability(page):
    try:
        return unescape(re.sub(r"<[^>]*>", " ", readability.Document(page).summary()))
    except readability.readability.Unparseable:
        return ""


def everything(page):
    page = re.sub(r"(?is)<(script|style|head)\b.*?</\1>", " ", page)
    return unescape(re.sub(r"<[^>]*>", " ", page))


def main():
    for name, reader in [("all text", everything), ("readability", by_readability), ("trafilatura", by_trafilatura)]:
        for split in ("tuned", "kept"):
            right = read = wanted = 0
            for path in sorted((HERE / split).glob("*.html")):
                page = path.read_bytes()
                encoding = "utf-16" if page[:2] == b"\xff\xfe" else "utf-8"
                try:
                    text = page.decode(encoding)
                except UnicodeDecodeError:
                    text = page.decode("windows-1252")
                expected = lists(path.with_suffix(".words"))
                found = words(reader(text)) - expected["either"]
                right += len(found & expected["article"])
                read += len(found)
                wanted += len(expected["article"])
            print(f"{name:12} {split:6} precision {right / max(read, 1):.3f}  recall {right / wanted:.3f}")


main()
