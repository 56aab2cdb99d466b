"""A tiny, good content folder for tests, and the edits that spoil it."""

from pathlib import Path

CHECKIN = """\
name = "daily"
remind_after_minutes = 180
expire_after_hours = 10
title.en = "Daily check-in"
title.es = "Chequeo del día"
done.en = "Thank you."
done.es = "Gracias."

[[questions]]
id = "mood"
kind = "scale"
min = 0
max = 10
text.en = "How is your mood?"
text.es = "¿Cómo está tu ánimo?"
low.en = "low"
low.es = "bajo"
high.en = "high"
high.es = "alto"

[[questions]]
id = "craving"
kind = "scale"
min = 0
max = 10
text.en = "How strong is your craving?"
text.es = "¿Qué tan fuertes son tus ganas?"

[[questions]]
id = "skill"
kind = "choices"
show_if = { question = "craving", at_least = 4 }
text.en = "What have you tried?"
text.es = "¿Qué has probado?"
[[questions.options]]
id = "breathing"
text.en = "Slow breathing"
text.es = "Respirar despacio"
[[questions.options]]
id = "writing"
text.en = "Wrote or drew"
text.es = "Escribir o dibujar"
[[questions.options]]
id = "talking"
text.en = "Talked to someone"
text.es = "Hablar con alguien"

[[questions]]
id = "sleep"
kind = "choice"
text.en = "How long did you sleep?"
text.es = "¿Cuánto dormiste?"
[[questions.options]]
id = "under-4"
text.en = "Under 4 hours"
text.es = "Menos de 4 horas"
[[questions.options]]
id = "more"
text.en = "4 hours or more"
text.es = "4 horas o más"

[[questions]]
id = "safe"
kind = "yes-no"
skippable = false
text.en = "Are you safe?"
text.es = "¿Estás a salvo?"

[[questions]]
id = "note"
kind = "text"
text.en = "How are you really?"
text.es = "¿Cómo estás de verdad?"
"""

RULES = """\
[[rules]]
id = "craving-high"
question = "craving"
at_least = 8
level = "elevated"
category = "craving"

[[rules]]
id = "not-safe"
question = "safe"
is = "no"
level = "urgent"
category = "unsafe"
"""

MODULE = """\
---
track: stress
order: 1
title: What stress does
minutes: 4
summary: One line.
sources:
  - "CDC, Managing Stress"
review: draft
reflection: What is one sign?
---
## Why it matters
Stress is **loud** & quick.

- one
- two

## Check yourself
Which one helps?

- [ ] Waiting
- [x] A *slow* breath

> Either way, **a breath** helps.

## Try today
Breathe once.
"""

MODULE_ES = """\
---
track: stress
order: 1
title: Lo que hace el estrés
minutes: 4
summary: Una línea.
sources:
  - "CDC, Managing Stress"
review: draft
reflection: ¿Cuál es una señal?
---
## Por qué importa
El estrés hace **ruido**.

## Una pregunta
¿Qué ayuda?

- [ ] Esperar
- [x] Respirar despacio

> De las dos maneras, respirar ayuda.

## Para hoy
Respira una vez.
"""

PHRASES = """\
[joining.welcome]
en = "Hello <b>{name}</b>"
es = "Hola <b>{name}</b>"

[joining.back]
en = "Back"
es = "Atrás"
"""

CRISIS = """\
country = "us"
reviewed = 2026-11-22
[card]
en = "<b>Call 988.</b>"
es = "<b>Llama al 988.</b>"
[tonight]
en = "Be near someone."
es = "Quédate con alguien."
[breathing]
en = "Breathe out slowly."
es = "Suelta el aire despacio."
[emergency]
number = "911"
en = "Call 911."
es = "Llama al 911."
"""

CONSENT = """\
version = "1"
[[pages]]
en = "I am a bot of {program}. Staff read {hours}. <b>{emergency}</b>"
es = "Soy un bot de {program}. El equipo lee {hours}. <b>{emergency}</b>"
"""

FORBIDDEN = """\
[[words]]
lang = "en"
words = ["addict", "stay clean"]
reason = "It makes a person into an illness."
instead = "Write about a person."
"""

SCREENING = """\
[[family]]
id = "suicide.want-to-die"
category = "suicide"
level = "urgent"
phrases = ["want to die"]
"""

FILES = {
    "checkins/daily.toml": CHECKIN,
    "screening/rules.toml": RULES,
    "screening/en.toml": SCREENING,
    "modules/en/what-stress-does.md": MODULE,
    "modules/es/what-stress-does.md": MODULE_ES,
    "phrases/joining.toml": PHRASES,
    "crisis/us.toml": CRISIS,
    "consent.toml": CONSENT,
    "forbidden.toml": FORBIDDEN,
}


def write(folder: Path, files: dict[str, str] | None = None) -> Path:
    """The sample content in `folder/content`."""
    content = folder / "content"
    for name, text in (FILES | (files or {})).items():
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return content
