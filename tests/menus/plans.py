"""A small plan for tests, as text and loaded, and what they change in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.plan.model import Plan
from ivr.menus.reading.yaml_marks import read

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """\
practice:
  name: Lakeside
  timezone: America/New_York
  languages: [en, es]
  language_skills: {es: spanish}
start: main
operator: {queue: desk, intent: operator}
urgent: {queue: nurse}
red_flags: red_flags.yaml
numbers:
  "+16175550100": {start: main, site: downtown, source: main line}
menus:
  main:
    say: welcome
    ask: how
    language_keys:
      8: {to: en, intent: english}
      9: {to: es, intent: spanish}
    choices:
      1: {name: {en: to make an appointment, es: para una cita}, intent: visit, go: office}
      2: {name: {en: for something else, es: para otra cosa}, go: more}
      3: {name: {en: to leave a message, es: para un mensaje}, go: voicemail desk}
      4: {name: {en: for our hours, es: para el horario}, say: hours, go: main}
  office:
    ask: which
    choices:
      1: {name: {en: for the heart, es: para el corazón}, intent: heart, needs: [cardiology], go: queue desk}
      2: {name: {en: to start over, es: para empezar de nuevo}, go: main}
    unclear: queue nurse
  more:
    ask: which
    choices:
      1: {name: {en: for a bill, es: para una factura}, intent: bill, go: queue desk}
      2: {name: {en: to end the call, es: para terminar}, go: goodbye}
queues:
  desk: {needs: [desk], overflow: {after: 4m, to: voicemail desk}}
  nurse: {needs: [nurse], clinical: yes, ring_seconds: 15, wrap_up: 30s}
voicemail:
  desk: {}
people:
  ana: {phone: PJSIP/ana, skills: {desk: 5, cardiology: 4, spanish: 5, nurse: 1}}
  emma: {phone: PJSIP/emma, skills: {nurse: 5}, ready: no}
prompts:
  welcome: {en: Welcome., es: Bienvenidos.}
  how: {en: How can we help?, es: ¿En qué podemos ayudarle?}
  which: {en: Which one?, es: ¿Cuál?}
  hours: {en: We are open from nine to five., es: Abrimos de nueve a cinco.}
intents:
  visit: {en: [appointment, see the doctor], es: [cita, ver al doctor]}
  heart: {en: [cardiology], es: [cardiología]}
  bill: {en: [billing], es: [factura]}
  english: {en: [english], es: [inglés]}
  spanish: {en: [spanish], es: [español]}
  operator: {en: [a person], es: [una persona]}
"""


def changed(*replacements: tuple[str, str]) -> str:
    """The small plan's text, each first string replaced by the second."""
    text = SMALL
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def small(*replacements: tuple[str, str]) -> Plan:
    node, faults = read(changed(*replacements))
    assert node is not None, faults
    return Plan.model_validate(node.plain())


def write(folder: Path, text: str) -> Path:
    """Put a plan into a folder with an empty list of red flags beside it."""
    (folder / "red_flags.yaml").touch()
    path = folder / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return path
