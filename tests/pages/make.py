"""Makes pages out of their parts, and beside each the words that a reader must find and those that it must not.

    python3 tests/pages/make.py            all pages
    python3 tests/pages/make.py NAME...    some of them

Needs pandoc, and `pip install markdownify html2text` for the pages scraped to Markdown. What the parts hold and what the
marks in them mean is told in README.md.
"""

import json
import re
import subprocess
import sys
import textwrap
import tomllib
from html.parser import HTMLParser
from pathlib import Path

HERE = Path(__file__).parent
PARTS = HERE / "parts"
MARK = re.compile(r"<!--/?(?:article|either|chrome)-->")
INLINE = set(
    "a abbr b big cite code em font i kbd label mark q s small span strike strong sub sup time tt u var".split()
)
SAID = ("alt", "title", "aria-label", "placeholder", "value")
HIDDEN = "\u00ad\u200b\u200e\u200f\ufeff"


def words(text):
    """The words of a text as the test has them: lower case, cut at whatever is no letter and no digit."""
    plain = "".join(c for c in text if c not in HIDDEN)
    return set("".join(c if c.isalnum() else " " for c in plain).lower().split())


class Texts(HTMLParser):
    """The texts of a page by whose they are: the article's, chrome, or either."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts = {"article": [], "chrome": [], "either": []}
        self.state = ["chrome"]
        self.skipped = None

    def say(self, text):
        self.texts[self.state[-1]].append(text)

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style"):
            self.skipped = (tag, dict(attrs).get("type"))
        self.part(tag)
        of_search = dict(attrs).get("name", dict(attrs).get("property")) in ("description", "keywords", "og:site_name")
        for name, value in attrs:
            if value and (name in SAID or (of_search and name == "content")):
                self.texts["chrome"].append(f" {value} ")

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.skipped = None
        self.part(tag)

    def part(self, tag):
        """Keeps words apart at a tag; inside the article only where a browser does."""
        if tag not in INLINE or self.state[-1] != "article":
            self.say(" ")

    def handle_comment(self, data):
        if data.startswith("/") and MARK.fullmatch(f"<!--{data}-->"):
            self.state.pop()
        elif MARK.fullmatch(f"<!--{data}-->"):
            self.state.append(data)
            self.say(" ")

    def handle_data(self, data):
        if self.skipped is None:
            self.say(data)
        elif self.skipped[1] == "application/ld+json":
            self.linked(json.loads(data))

    def linked(self, data):
        """What stands in JSON-LD: of a job posting all may be read beside its text, of anything else nothing."""
        posting = '"JobPosting"' in json.dumps(data)
        for text in strings(data):
            if "<" in text or "&lt;" in text:
                continue
            self.texts["either" if posting else "chrome"].append(f" {text} ")


def strings(data):
    """The strings of a JSON value, without names, types and addresses."""
    if isinstance(data, dict):
        for key, value in data.items():
            if not key.startswith("@"):
                yield from strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings(value)
    elif isinstance(data, str) and not data.startswith("http"):
        yield data


def sorts(marked):
    """The words of a marked page: those of the article, those of chrome alone, those that may be read or not."""
    texts = Texts()
    texts.feed(marked)
    texts.close()
    found = {name: words("".join(parts)) for name, parts in texts.texts.items()}
    found["either"] -= found["article"]
    found["chrome"] -= found["article"] | found["either"]
    return found


def fill(layout, page):
    """The marked page: a layout with what is put into it."""
    article = PARTS / f"{page['name']}.article.html"
    text = article.read_text() if article.exists() else ""
    flat = re.sub(r"\s*\n\s*", " ", MARK.sub("", text)).strip()
    escaped = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def put(slot):
        name = slot[1]
        if name == "entries":
            return entries(page)
        if name.startswith("shared:"):
            return (PARTS / "shared" / f"{name[7:]}.html").read_text().rstrip("\n")
        return {
            "article": f"<!--article-->{text}<!--/article-->",
            "article-json": json.dumps(flat),
            "article-escaped-json": json.dumps(escaped),
            "title": f"<!--article-->{page.get('title', '')}<!--/article-->",
            "title-text": page.get("title", ""),
        }[name]

    marked = re.sub(r"\{\{([a-z:-]+[a-z0-9-]*)\}\}", put, layout)
    hidden = f"<!--article--><h1>{page.get('title', '')}</h1>{text}<!--/article-->" if "{{article-" in layout else ""
    return marked, hidden


def entries(page):
    """The entries of an archive: a line of `title | teaser` each, laid out as its entry."""
    layout = (PARTS / f"{page['name']}.entry.html").read_text()
    lines = (PARTS / f"{page['name']}.entries.txt").read_text().splitlines()
    rows = [line.split(" | ") for line in lines]
    page["titles"] = [title for title, _ in rows]
    page["roles"] = len(rows)
    made = []
    for number, (title, teaser) in enumerate(rows, 1):
        entry = layout.replace("{{number}}", str(number)).replace("{{title-text}}", title)
        entry = entry.replace("{{title}}", f"<!--article-->{title}<!--/article-->")
        made.append(entry.replace("{{teaser}}", f"<!--article-->{teaser}<!--/article-->").rstrip("\n"))
    return "\n".join(made)


def scrape(html, how):
    """The page as Markdown, as another tool makes it."""
    if how.startswith("pandoc"):
        forms = ("html-native_divs-native_spans", "gfm-raw_html") if how == "pandoc-plain" else ("html", "gfm")
        command = ["pandoc", "-f", forms[0], "-t", forms[1]]
        return subprocess.run(command, input=html, capture_output=True, text=True, check=True).stdout
    if how == "html2text":
        import html2text

        reader = html2text.HTML2Text()
        # Else it writes "u" for "&uuml;", and the word is another.
        reader.unicode_snob = True
        return reader.handle(html)
    import markdownify

    style = "ATX" if how == "markdownify-atx" else "UNDERLINED"
    return markdownify.markdownify(html, heading_style=style)


def sidecar(page, found):
    """The text of the file of words."""
    keys = ("title", "level", "level.html", "category", "category.html", "roles")
    lines = [f"{key} = {page[key]}" for key in keys if key in page]
    lines += [f"role = {title}" for title in page.get("titles", [])]
    for name in ("article", "chrome", "either"):
        lines.append(f"[{name}]")
        lines += textwrap.wrap(" ".join(sorted(found[name])), 110, break_long_words=False)
    return "\n".join(lines) + "\n"


def make(page):
    """Writes a page, its words, and where one is wanted what a scraper makes of it."""
    layout = (PARTS / f"{page['name']}.layout.html").read_text()
    marked, hidden = fill(layout, page)
    found = sorts(marked + hidden)
    extra = set(page.get("either", []))
    found["either"] |= extra - found["article"]
    found["chrome"] -= extra
    if "title" in page and not words(page["title"]) <= found["article"]:
        sys.exit(f"{page['name']}: the title is not in the article")
    html = MARK.sub("", marked)
    folder = HERE / page["folder"]
    folder.mkdir(exist_ok=True)
    file = folder / f"{page['name']}.html"
    encoding = page.get("encoding", "utf-8")
    file.write_bytes(html.encode(encoding))
    if file.stat().st_size > 25_000:
        sys.exit(f"{file}: {file.stat().st_size} bytes")
    file.with_suffix(".words").write_text(sidecar(page, found))
    figures = ", ".join(f"{len(found[name])} {name}" for name in found)
    if "scraper" in page:
        text = scrape(html, page["scraper"])
        # The article is scraped once more alone: a word that a scraper glues to another may stand in a menu.
        parts = re.findall(r"<!--article-->(.*?)<!--/article-->", marked, re.S)
        lost = found["article"] - words(scrape("".join(f"<div>{part}</div>" for part in parts), page["scraper"]))
        lost |= found["article"] - words(text)
        if lost:
            sys.exit(f"{page['name']}: {page['scraper']} loses {sorted(lost)}")
        file.with_suffix(".md").write_text(text)
        if page.get("only") == "md":
            file.unlink()
    count = len(words_in_order(hidden or marked))
    print(f"{page['folder']}/{page['name']}: {count} words of article, distinct {figures}")


def words_in_order(marked):
    """All words of the article, for their number."""
    texts = Texts()
    texts.feed(marked)
    return "".join(texts.texts["article"]).split()


def main(names):
    pages = tomllib.loads((PARTS / "pages.toml").read_text())["page"]
    for page in pages:
        if not names or page["name"] in names:
            make(page)


main(sys.argv[1:])
