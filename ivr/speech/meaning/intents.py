"""Which of the plan's intents do the words mean? Learned at load from the plan's own phrases; no training files.

words -> features (stems, neighbours, concepts) -> TF-IDF -> one logistic regression for each intent -> among the asked

Each intent is judged on its own, so a question about specialties is not troubled by "appointment" speaking for
scheduling as well; "none of them" is what an intent has to beat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ivr.services import Understood
from ivr.speech.meaning.lexicon import Lexicon
from ivr.speech.meaning.text import clauses, words

Floats = NDArray[np.float64]
Phrases = Mapping[str, Mapping[str, Sequence[str]]]  # language -> intent -> what callers say for it

_LATER_READING = 0.5  # each further reading of the recogniser's counts half of the one before
_CONCEPT_WEIGHT = 1.0  # of a concept, beside the words themselves
_STRANGE = 0.5  # a word that no phrase has makes the others tell less, by so much of what the rarest tells
_RIDGE = 0.005  # regularisation: phrases are few, and callers use other words
_STEPS = 60
_STEEPEST = 0.5  # a quarter of what the weights of one column sum up to, each times the length of its sample and bias
_SHARPNESS = 2.0  # few short phrases make the regression timid; measured so that confidence is about the share right
_SURE_ALONE = 0.6  # a part of a sentence that is less sure for itself is no second matter
_NOTHING = Understood(None, 0.0, ())


class IntentModel:
    """Deterministic: the same phrases and words give the same answer on every host."""

    def __init__(self, phrases: Phrases, lexicons: Mapping[str, Lexicon]) -> None:
        self._languages = {
            language: _Language(by_intent, lexicons.get(language, Lexicon(language)))
            for language, by_intent in phrases.items()
            if any(by_intent.values())
        }

    def intent(self, language: str, readings: Sequence[str], among: Sequence[str]) -> Understood:
        """See services.Understanding. Two things in one sentence are told apart where it is joined: "and", "pero"."""
        first, *others = (self._matters(language, readings[0], among) if readings else []) or [_NOTHING]
        if others:
            return replace(first, also=tuple(others))
        return self._one(language, readings, among)

    def why(self, language: str, text: str, among: Sequence[str]) -> Mapping[str, Sequence[tuple[str, float]]]:
        """What in the words speaks for (above 0) and against each of `among`, the most telling first."""
        model = self._languages.get(language)
        return {intent: model.why(text, intent) for intent in among if model and intent in model.intents}

    def _matters(self, language: str, reading: str, among: Sequence[str]) -> list[Understood]:
        """What each part of a joined sentence means for itself, if it is sure, and each once."""
        parts = clauses(language, reading)
        found = [self._one(language, [part], among) for part in parts] if len(parts) > 1 else []
        sure = {each.intent: each for each in reversed(found) if each.confidence >= _SURE_ALONE}
        return [each for each in found if each is sure.get(each.intent)]

    def _one(self, language: str, readings: Sequence[str], among: Sequence[str]) -> Understood:
        """Readings are weighed by rank; evidence comes from the best that has any."""
        model = self._languages.get(language)
        known = sorted(set(among) & set(model.intents)) if model else []
        if model is None or not known:
            return _NOTHING
        scores = np.zeros(len(known))
        total = 0.0
        for rank, reading in enumerate(readings):
            weight = _LATER_READING**rank
            total += weight
            scores += weight * model.chances(reading, known)
        best = int(np.argmax(scores))
        evidence = next((found for reading in readings if (found := model.evidence(reading, known[best]))), ())
        if not evidence:
            return _NOTHING
        return Understood(known[best], round(float(scores[best]) / total, 3), evidence)


@dataclass(frozen=True, slots=True)
class _Feature:
    """Something in the words that may speak for an intent, and where in the words it is."""

    name: str
    places: tuple[int, ...]
    weight: float = 1.0


class _Language:
    """The classifier of one language."""

    def __init__(self, phrases: Mapping[str, Sequence[str]], lexicon: Lexicon) -> None:
        self.intents = tuple(sorted(intent for intent, said in phrases.items() if said))
        self._lexicon = lexicon
        samples = [(intent, self._features(words(phrase))) for intent in self.intents for phrase in phrases[intent]]
        seen_in = Counter(name for _, features in samples for name in {feature.name for feature in features})
        self._index = {name: column for column, name in enumerate(sorted(seen_in))}
        self._rarity = np.array([1 + np.log((1 + len(samples)) / (1 + seen_in[name])) for name in self._index])
        told = np.stack([self._vector(features) for _, features in samples])
        meant = np.array([[intent == own for intent in self.intents] for own, _ in samples], np.float64)
        self._weights, self._biases = _learn(told, meant)

    def chances(self, text: str, among: Sequence[str]) -> Floats:
        """How likely each of `among` is meant; what is missing from 1 is "none of them"."""
        vector = self._vector(self._features(words(text)))
        columns = [self.intents.index(intent) for intent in among]
        logits = _SHARPNESS * (vector @ self._weights[:, columns] + self._biases[columns])
        odds = np.exp(logits)
        return np.asarray(odds / (1 + odds.sum()))

    def evidence(self, text: str, intent: str) -> tuple[str, ...]:
        """The caller's words that spoke for the intent, in their order."""
        text_words = words(text)
        weights = self._weights[:, self.intents.index(intent)]
        places = {
            place
            for feature in self._features(text_words)
            if feature.name in self._index and weights[self._index[feature.name]] > 0
            for place in feature.places
        }
        return tuple(text_words[place] for place in sorted(places))

    def why(self, text: str, intent: str) -> list[tuple[str, float]]:
        """Each feature of the text with what it adds to the intent's logit."""
        features = self._features(words(text))
        told = self._vector(features) * self._weights[:, self.intents.index(intent)] * _SHARPNESS
        added = {each.name: float(told[self._index[each.name]]) for each in features if each.name in self._index}
        return sorted(added.items(), key=lambda one: -abs(one[1]))

    def _features(self, text_words: tuple[str, ...]) -> list[_Feature]:
        stems = self._lexicon.stems(text_words)
        telling = [place for place, word in enumerate(text_words) if word not in self._lexicon.fillers]
        features = [_Feature(stems[place], (place,)) for place in telling]
        features += [
            _Feature(f"{stems[first]} {stems[second]}", (first, second)) for first, second in pairwise(telling)
        ]
        features += [
            _Feature(f"<{concept}>", tuple(places), _CONCEPT_WEIGHT) for concept, places in self._lexicon.find(stems)
        ]
        return features

    def _vector(self, features: Sequence[_Feature]) -> Floats:
        """TF-IDF of length 1, less where words are unknown; zero when no phrase ever had any of these features."""
        vector = np.zeros(len(self._index))
        said, known = set[int](), set[int]()
        for feature in features:
            said.update(feature.places)
            if (column := self._index.get(feature.name)) is not None:
                vector[column] = feature.weight * self._rarity[column]
                known.update(feature.places)
        strange = _STRANGE * float(self._rarity.max()) * len(said - known) ** 0.5
        length = float(np.hypot(np.linalg.norm(vector), strange))
        return vector / length if length else vector


def _learn(told: Floats, meant: Floats) -> tuple[Floats, Floats]:
    """Logistic regression of every column of `meant` (samples × intents) on `told` (samples × features).

    Accelerated gradient descent in the dual: a step costs samples² × intents however many features there are.
    """
    kernel = told @ told.T
    share = meant.mean(axis=0)
    balance = np.where(meant == 1, 0.5 / np.maximum(share, 1e-9), 0.5 / np.maximum(1 - share, 1e-9)) / len(told)
    rate = 1 / (_STEEPEST + _RIDGE)
    dual, biases = np.zeros_like(meant), np.zeros(meant.shape[1])
    ahead, ahead_biases = dual, biases
    for step in range(_STEPS):
        error = balance * (1 / (1 + np.exp(-(kernel @ ahead + ahead_biases))) - meant)
        next_dual = ahead - rate * (error + _RIDGE * ahead)
        next_biases = ahead_biases - rate * error.sum(axis=0)
        momentum = step / (step + 3)
        ahead = next_dual + momentum * (next_dual - dual)
        ahead_biases = next_biases + momentum * (next_biases - biases)
        dual, biases = next_dual, next_biases
    return told.T @ dual, biases
