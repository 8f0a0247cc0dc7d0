"""A trigram language model made from sentences, in the ARPA format that PocketSphinx reads.

Smoothing: interpolated Witten-Bell, written in back-off form. Source: Chen and Goodman, "An empirical study of
smoothing techniques for language modeling", 1998, section 2.6; ARPA: the SRILM manual page ngram-format(5).
"""

from __future__ import annotations

from collections import Counter
from math import log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BEGIN, END = "<s>", "</s>"
NEVER = -99.0  # ARPA's way to write the logarithm of zero
ORDER = 3

Gram = tuple[str, ...]


def arpa(sentences: Iterable[Sequence[str]]) -> str:
    """The model as text. Raises ValueError when there is no word to model."""
    return "\n".join(_Model(sentences).lines())


class _Model:
    """Counts of every n-gram, and for each history its total and how many different words follow it."""

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        self.counts: list[Counter[Gram]] = [Counter() for _ in range(ORDER)]
        for sentence in sentences:
            if sentence:
                self._count((BEGIN, *sentence, END))
        if not self.counts[0]:
            raise ValueError("a language model needs at least one word")
        self.totals: Counter[Gram] = Counter()
        self.followers: Counter[Gram] = Counter()
        for counts in self.counts:
            for gram, count in counts.items():
                self.totals[gram[:-1]] += count
                self.followers[gram[:-1]] += 1
        self._known: dict[Gram, float] = {}

    def _count(self, tokens: Gram) -> None:
        for order, counts in enumerate(self.counts, start=1):
            first = 1 if order == 1 else 0  # <s> is never predicted
            counts.update(zip(*(tokens[first + i :] for i in range(order)), strict=False))

    def probability(self, gram: Gram) -> float:
        """P(last word | the words before), interpolated with all shorter histories."""
        if not gram:
            return 1 / len(self.counts[0])
        if gram not in self._known:
            history = gram[:-1]
            unseen = self.followers[history]
            count = self.counts[len(gram) - 1][gram]
            shorter = self.probability(gram[1:])
            self._known[gram] = (count + unseen * shorter) / (self.totals[history] + unseen)
        return self._known[gram]

    def back_off(self, history: Gram) -> float:
        """The mass that a history leaves to words which never followed it."""
        unseen = self.followers[history]
        return unseen / (self.totals[history] + unseen)

    def lines(self) -> Iterator[str]:
        grams: list[list[Gram]] = [sorted(counts) for counts in self.counts]
        grams[0] = sorted([*grams[0], (BEGIN,)])
        yield "\\data\\"
        yield from (f"ngram {order}={len(of_order)}" for order, of_order in enumerate(grams, start=1))
        for order, of_order in enumerate(grams, start=1):
            yield f"\n\\{order}-grams:"
            yield from map(self._line, of_order)
        yield "\n\\end\\\n"

    def _line(self, gram: Gram) -> str:
        likely = NEVER if gram == (BEGIN,) else log10(self.probability(gram))
        if len(gram) < ORDER and gram in self.totals:
            return f"{likely:.4f} {' '.join(gram)} {log10(self.back_off(gram)):.4f}"
        return f"{likely:.4f} {' '.join(gram)}"
