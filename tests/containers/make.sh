#!/usr/bin/env bash
# Writes the shipped blueprints in every container, with the tools of others: pandoc, python-docx, the python packages
# json, csv and markdown, gzip, zstd. What it writes is committed; run it where the corpus changes.
#   python3 -m pip install markdown python-docx
set -euo pipefail
cd "$(dirname "$0")"
corpus=../../corpus
rm -rf made
mkdir -p made/markdown made/docx-pandoc made/docx-python made/html-pandoc
export SOURCE_DATE_EPOCH=0
count=0

for file in "$corpus"/*/*.md; do
  name=$(basename "$file" .md)
  if ((count++ % 2)); then
    gzip -9nc "$file" > "made/markdown/$name.md.gz"
  else
    zstd -q -19 -c "$file" > "made/markdown/$name.md.zst"
  fi
  # Lists in a head are one text for pandoc's properties, and the title stands in the text.
  python3 make.py head "$file" > head.md
  pandoc -f markdown-smart-implicit_figures-blank_before_header -t docx -o "made/docx-pandoc/$name.docx" head.md
  pandoc -f markdown-smart-implicit_figures-blank_before_header -t html5 --wrap=none --template page.html -M "pagetitle:$name" head.md | gzip -9n > "made/html-pandoc/$name.html.gz"
done
rm head.md
python3 make.py all "$corpus" made
for name in roles.json wordpress.json roles.csv roles.tsv; do
  gzip -9n "made/$name"
done
zstd -q -19 --rm made/roles.jsonl
du -sh made
