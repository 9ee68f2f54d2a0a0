"""Turns the shipped blueprints into records, tables, posts and office documents."""

import csv
import html
import json
import pathlib
import re
import shutil
import sys
import zipfile


def parse(path):
    """The head of a blueprint as a dictionary, and the text behind it."""
    _, head, text = path.read_text(encoding="utf-8").split("---\n", 2)
    values = {}
    for line in head.splitlines():
        name, value = line.split(":", 1)
        value = value.strip()
        if value.startswith("["):
            values[name] = [part.strip() for part in value[1:-1].split(",")]
        else:
            values[name] = value
    return values, text.strip() + "\n"


def sections(text, mark):
    """The stretches of a text below headings of a depth: (heading, text), what stands before the first one with None."""
    parts = [(None, [])]
    for line in text.splitlines():
        if line.startswith(mark + " "):
            parts.append((line[len(mark) + 1 :].strip(), []))
        else:
            parts[-1][1].append(line)
    return [(name, "\n".join(lines).strip()) for name, lines in parts]


ITEM = re.compile(r"^\*\*(?P<name>.+?)\*\*(?: \((?P<bracket>[^)]*)\))?(?:: (?P<rest>.*))?$")
WEIGHTS = ("Critical", "Important", "Optional")


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def entry(text):
    """An item as an object where it has a name of its own, else as it stands."""
    found = ITEM.match(text)
    if not found:
        return text
    made = {"name": found["name"]}
    if found["bracket"] in WEIGHTS:
        made["weight"] = found["bracket"]
    elif found["bracket"] == "outside":
        made["outside"] = True
    elif found["bracket"]:
        return text
    if found["rest"]:
        made["description"] = found["rest"]
    return made


def value(text):
    """What stands below a heading: an object for sub-headings, a list for items and tables, else the text."""
    parts = sections(text, "###")
    if len(parts) > 1:
        made = {name: value(part) for name, part in parts if name}
        return made if not parts[0][1] else text
    lines = [line for line in text.splitlines() if line.strip()]
    if all(line.startswith("|") for line in lines):
        names = cells(lines[0])
        return [dict(zip(names, cells(line))) for line in lines[2:]]
    items = [re.match(r"^(?:- |\d+\. )(.*)$", line) for line in lines]
    if all(items):
        return [entry(item[1]) for item in items]
    return text


def camel(name):
    words = re.findall(r"[A-Za-z0-9]+", name)
    return words[0].lower() + "".join(word[0].upper() + word[1:] for word in words[1:])


def snake(name):
    return "_".join(re.findall(r"[a-z0-9]+", name.lower()))


def record(head, text, spell):
    made = {spell(name): value for name, value in head.items()}
    for name, part in sections(text, "##"):
        if name:
            made[spell(name)] = renamed(value(part), spell)
    return made


def renamed(made, spell):
    if isinstance(made, dict):
        return {spell(name): renamed(inner, spell) for name, inner in made.items()}
    if isinstance(made, list):
        return [renamed(inner, spell) for inner in made]
    return made


def records(roles, folder):
    with open(folder / "roles.json", "w", encoding="utf-8") as file:
        json.dump({"roles": [record(*role, camel) for role in roles]}, file, indent=1, ensure_ascii=False)
    with open(folder / "roles.jsonl", "w", encoding="utf-8") as file:
        for role in roles:
            file.write(json.dumps(record(*role, snake)) + "\n")


def tables(roles, folder):
    """One row a role, one column a heading, the cells in Markdown."""
    rows = []
    names = []
    for head, text in roles:
        row = {name: "; ".join(value) if isinstance(value, list) else value for name, value in head.items()}
        row.update({name: part for name, part in sections(text, "##") if name})
        rows.append(row)
        for name in row:
            if name not in names:
                names.append(name)
    for ending, dialect in (("csv", "excel"), ("tsv", "excel-tab")):
        with open(folder / f"roles.{ending}", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, dialect=dialect)
            writer.writeheader()
            writer.writerows(rows)


def posts(roles, folder, labels):
    """Posts as WordPress gives them: a title with its tail, text in HTML, names of categories beside their numbers."""
    import markdown

    made = []
    for number, (head, text) in enumerate(roles, 100):
        body = re.sub(r"^# .*\n", "", text)
        if head.get("aliases"):
            body = "## Also Known As\n" + "\n".join(f"- {alias}" for alias in head["aliases"]) + "\n\n" + body
        body = markdown.markdown(loose(body), extensions=["tables", "sane_lists"])
        body = body.replace("<h2>", '<h2 class="wp-block-heading">').replace("<table>", '<figure class="wp-block-table"><table>')
        body = body.replace("</table>", "</table></figure>").replace("–", "&#8211;").replace("’", "&#8217;")
        terms = [{"id": at, "name": html.escape(labels(name)), "slug": name, "taxonomy": "category"} for at, name in enumerate(head["domains"], 5)]
        title = html.escape(head["title"]) + ": Role Blueprint, Responsibilities, Skills, KPIs, and Career Path"
        made.append(
            {
                "id": number,
                "date": "2024-01-01T00:00:00",
                "slug": "post-%d" % number,
                "link": "https://blog.example/%d/" % number,
                "title": {"rendered": title},
                "content": {"rendered": body, "protected": False},
                "excerpt": {"rendered": "<p>Read on &hellip;</p>", "protected": False},
                "author": 1,
                "categories": [term["id"] for term in terms],
                "_embedded": {"wp:term": [terms, []]},
            }
        )
    with open(folder / "wordpress.json", "w", encoding="utf-8") as file:
        json.dump(made, file)


def loose(text):
    """Python's markdown asks for an empty line before a list or a table; blueprints do without."""
    made = []
    for line in text.splitlines():
        begins = re.match(r"^(- |\d+\. |\|)", line)
        if begins and made and made[-1].strip() and not re.match(r"^(- |\d+\. |\||  )", made[-1]):
            made.append("")
        made.append(line)
    return "\n".join(made)


def runs(paragraph, text):
    for at, part in enumerate(re.split(r"\*\*", text)):
        if part:
            paragraph.add_run(part.replace("`", "")).bold = True if at % 2 else None


CUSTOM = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">%s</Properties>'
)


UNUSED = ("thumbnail", "stylesWithEffects")


def office(head, text, path):
    """A document as python-docx writes it, with the head as custom properties."""
    import docx

    made = docx.Document()
    lines = text.splitlines()
    table = None
    for line in lines:
        if not line.startswith("|"):
            table = None
        if line.startswith("#"):
            depth = len(line) - len(line.lstrip("#"))
            made.add_heading(line.lstrip("# "), depth - 1)
        elif line.startswith("|"):
            if table is None:
                table = made.add_table(0, len(cells(line)))
                columns = table.add_row().cells
                for cell, words in zip(columns, cells(line)):
                    cell.paragraphs[0].add_run(words).bold = True
            elif not set(line) <= set("|-: "):
                for cell, words in zip(table.add_row().cells, cells(line)):
                    runs(cell.paragraphs[0], words)
        elif re.match(r"^- ", line):
            runs(made.add_paragraph(style="List Bullet"), line[2:])
        elif re.match(r"^\d+\. ", line):
            runs(made.add_paragraph(style="List Number"), line.split(". ", 1)[1])
        elif line.strip():
            runs(made.add_paragraph(), line)
    made.save(path)
    properties = ""
    for number, (name, value) in enumerate(head.items(), 2):
        value = html.escape(", ".join(value) if isinstance(value, list) else value)
        properties += f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{name}"><vt:lpwstr>{value}</vt:lpwstr></property>'
    packed = path.with_suffix(".tmp")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for part in old.infolist():
            # The template's picture of itself and its second set of styles are most of the file.
            if any(name in part.filename for name in UNUSED):
                continue
            content = old.read(part.filename)
            if part.filename.endswith((".rels", "[Content_Types].xml")):
                for name in UNUSED:
                    content = re.sub(rb"<(Relationship|Override) [^>]*" + name.encode() + rb"[^>]*/>", b"", content)
            new.writestr(zipfile.ZipInfo(part.filename), content, zipfile.ZIP_DEFLATED)
        new.writestr(zipfile.ZipInfo("docProps/custom.xml"), CUSTOM % properties, zipfile.ZIP_DEFLATED)
    shutil.move(packed, path)


def label_of(folder):
    """The names of domains as a site would give them."""
    import tomllib

    taxonomy = tomllib.loads((folder / "../src/data/taxonomy.toml").read_text(encoding="utf-8"))
    names = {entry["id"]: entry.get("label", entry["id"]) for entry in taxonomy["domain"]}
    return lambda name: names.get(name, name)


def main():
    if sys.argv[1] == "head":
        head, text = parse(pathlib.Path(sys.argv[2]))
        values = {name: ", ".join(value) if isinstance(value, list) else value for name, value in head.items() if name != "title"}
        lines = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items())
        print(f"---\n{lines}---\n\n{loose(text)}")
        return
    corpus, folder = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    files = sorted(corpus.glob("*/*.md"))
    roles = [parse(path) for path in files]
    records(roles, folder)
    tables(roles, folder)
    posts(roles, folder, label_of(corpus))
    for path, (head, text) in zip(files, roles):
        office(head, text, folder / "docx-python" / f"{path.stem}.docx")


main()
