"""An invented conflict of any size, in the real ontology: events, claims, figures, who said so, passages.

The same number of events and the same seed give the same triples in the same order. Without faults it
conforms to the shapes. Must not know who measures what with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph.bench.setting import (
    Pair,
    Setting,
    described,
    digest,
    populations,
    post_of,
    setting_triples,
    term,
    text,
    thing,
)

TRIPLES_PER_EVENT = 51
"""About how many triples an event brings, with everything that is said of it."""

_SPAN = 100
_FIRST_DAY = date(1901, 1, 1)
_DAYS = 36_000
_KINDS = ("armed-clash", "shelling", "meeting", "ceasefire", "displacement", "protest")
_ACTS = ("report", "announce", "accuse", "condemn", "confirm")
_CHANNELS = ("statement", "briefing", "tweet", "interview")
_MODALITIES = ("asserted", "alleged", "reported", "possible")
_MEASURES = ("killed", "injured", "missing", "displaced")
_BOUNDS = {
    "exact": "cg:value",
    "at-least": "cg:minimum",
    "at-most": "cg:maximum",
    "nearly": "cg:exclusiveMaximum",
}


@dataclass(frozen=True, slots=True)
class World:
    """`faults` is how many events lie between two at fault (a statement without a speaker); 0: none is."""

    events: int
    seed: int = 1
    faults: int = 0

    def triples(self) -> Iterator[Triple]:
        """All triples, each once."""
        setting, random = Setting.of(self.events), Random(self.seed)
        yield from setting_triples(setting)
        for number in range(self.events):
            faulty = bool(self.faults) and number % self.faults == self.faults - 1
            yield from _Incident(number, setting, random).triples(faulty)


def events_for(triples: int) -> int:
    """How many events give about so many triples."""
    return max(1, triples // TRIPLES_PER_EVENT)


class _Incident:
    """One event and what is said of it."""

    def __init__(self, number: int, setting: Setting, random: Random) -> None:
        self._number, self._setting, self._random = number, setting, random
        self._event, self._passage = thing("event", number), thing("passage", number)
        self._place = thing("place", random.randrange(setting.places))
        day = _FIRST_DAY + timedelta(days=random.randrange(_DAYS))
        self._day = Literal(day.isoformat(), datatype=term("xsd:date"))

    def triples(self, faulty: bool) -> Iterator[Triple]:
        yield from self._passage_triples()
        yield from self._event_triples()
        first = [self._occurrence_claim()]
        if self._number % 2 == 0:
            first.append(self._figure_claim(self._number, "first"))
        yield from self._told(2 * self._number, first, faulty)
        if self._number % 3 == 0:
            second = [self._responsibility_claim()]
            if self._number % 2 == 0:
                second.append(
                    self._figure_claim(self._number + 1, "second", thing("claim", 4 * self._number + 1))
                )
            yield from self._told(2 * self._number + 1, second, False)

    def _passage_triples(self) -> Iterator[Triple]:
        n = self._number
        pairs: tuple[Pair, ...] = (
            ("oa:hasSource", thing("source", n // 1000)),
            ("oa:start", Literal(n % 1000 * _SPAN)),
            ("oa:end", Literal(n % 1000 * _SPAN + _SPAN - 1)),
            ("cg:sha256", digest(f"passage {n}")),
            ("cg:section", text(f"Section {n % 1000 // 100}")),
            ("cg:line", Literal(n % 1000 + 1)),
        )
        yield from described(self._passage, "cg:Passage", f"Synthetic passage {n}", *pairs)

    def _event_triples(self) -> Iterator[Triple]:
        n = self._number
        pairs: list[Pair] = [
            ("cg:hasEventKind", term(f"eventkind:{self._random.choice(_KINDS)}")),
            ("cg:takesPlaceAt", self._place),
            ("cg:hasParty", thing("polity", n % 4)),
            ("cg:hasParty", thing("polity", (n + 1) % 4)),
            *self._dates(),
            ("cg:hasEvidence", self._passage),
        ]
        if n % 10:
            pairs.append(("cg:isSubEventOf", thing("event", n - n % 10)))
        yield from described(self._event, "cg:Event", f"Event {n}", *pairs)

    def _dates(self) -> tuple[Pair, ...]:
        precision = ("cg:hasDatePrecision", term("precision:day"))
        return ("cg:earliest", self._day), ("cg:latest", self._day), precision

    def _told(self, number: int, claims: list["_Claim"], faulty: bool) -> Iterator[Triple]:
        speaker = self._random.randrange(self._setting.speakers)
        pairs: list[Pair] = [
            *(() if faulty else (("cg:hasSpeaker", thing("person", speaker)),)),
            ("cg:spokenAs", post_of(speaker)),
            ("cg:hasSpeechAct", term(f"act:{self._random.choice(_ACTS)}")),
            ("cg:hasChannel", term(f"channel:{self._random.choice(_CHANNELS)}")),
            *self._dates(),
            ("cg:hasEvidence", self._passage),
            *(("cg:asserts", claim.node) for claim in claims),
        ]
        label = f"Synthetic statement {number}"
        yield from described(thing("statement", number), "cg:Statement", label, *pairs)
        for claim in claims:
            yield from claim.triples

    def _claim(self, place: int, kind: str, label: str, *pairs: Pair) -> "_Claim":
        node = thing("claim", 4 * self._number + place)
        modality = ("cg:hasModality", term(f"modality:{self._random.choice(_MODALITIES)}"))
        about = ("cg:isAbout", self._event)
        return _Claim(node, list(described(node, kind, label, modality, about, *pairs)))

    def _occurrence_claim(self) -> "_Claim":
        pairs = (("cg:claimsEvent", self._event), ("cg:locatesAt", self._place))
        return self._claim(0, "cg:OccurrenceClaim", f"that Event {self._number} took place", *pairs)

    def _responsibility_claim(self) -> "_Claim":
        label = f"that a side is responsible for Event {self._number}"
        responsible = thing("polity", self._random.randrange(4))
        return self._claim(2, "cg:ResponsibilityClaim", label, ("cg:holdsResponsible", responsible))

    def _figure_claim(self, number: int, word: str, disputed: NamedNode | None = None) -> "_Claim":
        """A number for the event; the second one disputes the first."""
        figure, random = thing("figure", number), self._random
        place, against = (1, ()) if disputed is None else (3, (("cg:disputes", disputed),))
        label = f"that the {word} number given for Event {self._number} holds"
        claim = self._claim(place, "cg:FigureClaim", label, ("cg:statesFigure", figure), *against)
        modifier, quantity = random.choice(tuple(_BOUNDS)), random.randrange(1, 500)
        pairs: tuple[Pair, ...] = (
            ("cg:hasMeasure", term(f"measure:{random.choice(_MEASURES)}")),
            ("cg:hasModifier", term(f"modifier:{modifier}")),
            ("cg:quantity", Literal(quantity)),
            (_BOUNDS[modifier], Literal(quantity)),
            ("cg:asGiven", text(f"{modifier} {quantity}")),
            ("cg:hasPopulation", thing("population", random.randrange(populations()))),
        )
        label = f"The {word} number given for Event {self._number}"
        claim.triples.extend(described(figure, "cg:Figure", label, *pairs))
        return claim


@dataclass(frozen=True, slots=True)
class _Claim:
    node: NamedNode
    triples: list[Triple]
