#!/bin/sh
# Tells what each part of the ranking is worth on a set of judged queries, by leaving it out.
#
#     tests/relevance/ablation.sh INDEX QUERIES QRELS [FLAG...]
#
# prints one line for each part: nDCG@10 without it, the difference to the whole, and the p value of that (paired
# randomization). Further flags go to `bp eval`, as `--split kept`. BP names the program, `bp` by default. The index is read as
# it is.
set -eu

if [ $# -lt 3 ]; then
  echo "usage: $0 INDEX QUERIES QRELS [FLAG...]" >&2
  exit 2
fi
bp=${BP:-bp}
index=$1 queries=$2 qrels=$3
shift 3

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

# Passes flags on to `bp eval`. FLAGS of the caller stand last, kept in a file of one a line.
: > "$folder/flags"
for flag in "$@"; do printf '%s\n' "$flag" >> "$folder/flags"; done
judge() {
  while IFS= read -r flag; do set -- "$@" "$flag"; done < "$folder/flags"
  "$bp" eval --no-update --index "$index" --queries "$queries" --qrels "$qrels" "$@"
}

line() { printf '%-50s %8s %8s %7s\n' "$@"; }

# Takes the name of a part and the flags that leave it out.
flagged() {
  part=$1
  shift
  judge --baseline "$folder/whole.run" "$@" > "$folder/out" 2> "$folder/err" || { cat "$folder/err" >&2; exit 1; }
  # The row of the comparison: metric, mean, baseline, difference, p.
  row=$(awk '$1 == "nDCG@10" && NF == 8 { print $2, $4, $5 }' "$folder/out")
  # shellcheck disable=SC2086 # Three numbers.
  line "$part" $row
}

# Takes the name of a part and the weights that leave it out, as `[section] name = number`, with `;` for a new line.
weighed() {
  printf '%s\n' "$2" | tr ';' '\n' > "$folder/weights.toml"
  flagged "$1" --weights "$folder/weights.toml"
}

judge --run-out "$folder/whole.run" > "$folder/out"
line part nDCG@10 change p
line "(nothing left out)" "$(awk '$1 == "all" { print $3 }' "$folder/out")" - -

weighed "sections: all fields weigh 1" "[fields];title = 1;alias = 1;kpi = 1;skill_critical = 1;skill_important = 1\
;skill_optional = 1;tool = 1;summary = 1;kpi_row = 1;responsibilities = 1;other = 1;career = 1;context = 1"
weighed "field weights: title, alias = 1" "[fields];title = 1;alias = 1"
weighed "field weights: KPIs, skills, tools = 1" "[fields];kpi = 1;skill_critical = 1;skill_important = 1\
;skill_optional = 1;tool = 1"
weighed "field weights: career, context = 1" "[fields];career = 1;context = 1"
weighed "acronyms: acronym, short, taught = 0" "[kinds];acronym = 0;short = 0;taught = 0"
weighed "synonyms: synonym, name = 0" "[kinds];synonym = 0;name = 0"
weighed "titles: head, near_head, modifier, short = 0" "[kinds];head = 0;near_head = 0;modifier = 0;short = 0"
weighed "kinds of things: narrower, broader = 0" "[kinds];narrower = 0;broader = 0"
weighed "neighbours in meaning: related = 0" "[kinds];related = 0"
flagged "spelling: --no-fuzzy" --no-fuzzy
flagged "all other words: --no-synonyms" --no-synonyms
weighed "coverage = 0" "[score];coverage = 0"
weighed "coverage nearly first: 4, coverage_words = 1000" "[score];coverage = 4;coverage_words = 1000"
weighed "weaker words cover fully: strength = 0" "[score];strength = 0"
weighed "proximity: near, pair = 0" "[score];near = 0;pair = 0"
weighed "whole names: whole_*, title_words = 1" "[score];whole_title = 1;whole_alias = 1;title_words = 1;whole_name = 1"
weighed "the word as typed: exact = 0" "[score];exact = 0"
weighed "rarity of the whole only: field_idf = 0" "[score];field_idf = 0"
weighed "rarity of the field: field_idf = 1" "[score];field_idf = 1"
weighed "best field only: tie = 0" "[score];tie = 0"
weighed "sum of the fields: tie = 1" "[score];tie = 1"
weighed "length: b, length = 0" "[score];b = 0;length = 0"
flagged "all of it: --rank bm25" --rank bm25
