"""Nuestras propias frases en español: las que preocupan y las que no, y las dos lenguas mezcladas."""

import pytest

from bot.screening.model import Category, Level

URGENT = {
    Category.SUICIDE: [
        "la neta ya no quiero vivir",
        "me quiero matar",
        "quiero morirme ya",
        "estoy pensando en quitarme la vida",
        "he estado pensando en suicidarme",
        "ojala no despertara mañana",
        "todos estarian mejor sin mi",
        "mis hijos serian mas felices si yo no estuviera",
        "ya escribi las cartas para mis hijos",
        "esta es mi despedida",
        "tengo la pistola de mi papa en la mano",
        "guarde todas mis pastillas para esta noche",
        "estoy en el puente y quiero saltar",
        "me voy a colgar",
        "ya tengo todo planeado para el sábado",
        "pronto voy a estar con mi abuela en el cielo",
        "kiero morirme",
        "Ya no aguanto, quiero acabar con mi vida",
        "pienso mucho en la muerte y en matarme",
        "cuiden a mis hijos cuando ya no este",
        "me voy a aventar al metro",
        "tio, hoy me quito de en medio",
        "me provoca guindarme y ya",
        "antes que eso me mato, primero me mato",
        "busqué cómo morir sin dolor",
        "jaja hoy me voy a guindar",
    ],
    Category.SELF_HARM: [
        "me corté otra vez",
        "volvi a cortarme las piernas",
        "me quemé a propósito con un cigarro",
        "tengo ganas de cortarme",
        "me quemé adrede con la sopa",
        "no puedo dejar de rasguñarme",
    ],
    Category.OVERDOSE: [
        "me tomé todo el frasco de pastillas",
        "creo que tengo una sobredosis",
        "me tome como 20 pastillas",
        "mi hermano no despierta y tiene los labios morados",
        "mezclé alcohol con mis pastillas y me siento raro",
        "mi hijo se tragó una de mis pastillas",
        "me eché toda la caja de las del sueño",
    ],
    Category.WITHDRAWAL: [
        "me dio una convulsión",
        "no paro de temblar y veo sombras",
        "me duele mucho el pecho y no puedo respirar",
        "escucho voces",
    ],
    Category.HARM_OTHERS: [
        "lo voy a matar si se acerca",
        "tengo ganas de golpear a mi esposa",
        "le voy a dar un balazo",
        "casi le pego a mi hijo",
    ],
    Category.UNSAFE: [
        "mi esposo me pegó anoche",
        "mi novio me amenazó con un cuchillo",
        "no me deja salir de la casa",
        "me encerró en el cuarto",
        "dice que me va a matar si lo dejo",
    ],
}

ELEVATED = {
    Category.LAPSE: [
        "recaí el fin de semana",
        "volví a tomar anoche",
        "me tomé unas cervezas ayer",
        "me metí cristal",
        "ando bien pedo",
        "consumí otra vez",
    ],
    Category.CRAVING: [
        "tengo muchas ganas de tomar",
        "se me antoja un trago",
        "casi recaigo hoy",
        "estoy afuera de la cantina",
        "no dejo de pensar en consumir",
        "necesito drogarme",
    ],
    Category.MEDICATION: [
        "dejé de tomar mi medicina",
        "se me acabaron las pastillas",
        "llevo tres dias sin mi medicamento",
    ],
    Category.HOPELESS: [
        "ya no puedo más",
        "no tengo esperanza",
        "soy una carga para todos",
        "nada tiene sentido",
        "me siento vacío",
    ],
    Category.DISENGAGED: [
        "ya no voy a ir al grupo",
        "dejen de escribirme",
        "voy a dejar el programa",
        "esto no me sirve",
    ],
    Category.UNSAFE: [
        "tengo miedo de volver a casa",
        "no tengo donde dormir hoy",
        "mi ex me está siguiendo",
        "no me siento segura en mi casa",
    ],
}

AT_MOST_WATCH = [
    "no quiero morirme, quiero vivir",
    "no he pensado en suicidarme",
    "antes quería morirme, hoy estoy agradecida",
    "hace años intenté matarme",
    "mi amiga se quiere morir y no sé qué decirle",
    "mi primo recayó",
    "vi una película sobre un suicidio",
    "pasé por la cantina y seguí caminando",
    "tuve ganas de tomar pero llamé a mi padrino",
    "soñé que consumía",
    "hoy cumplo 60 días limpio",
    "no consumí ni tuve antojos",
]

NONE = [
    "me muero de risa",
    "me muero de hambre",
    "este calor me está matando",
    "mi mamá me va a matar por llegar tarde",
    "me corté el pelo",
    "me tomé un café con mi hija",
    "tomé mi medicina como siempre",
    "fui al grupo y todo bien",
    "dormí bien, desayuné con mi mamá",
    "gracias por preguntar, todo tranquilo",
    "tomé mucha agua hoy",
    "usé mis herramientas",
    "la muela me está matando",
    "me muero por unos tacos",
    "me voy a palmear unas tortillas",
]

MIXED = [
    ("no puedo más, i want to die", Level.URGENT),
    ("i'm ok pero anoche me tomé todas las pastillas", Level.URGENT),
    ("recaí last night, sorry", Level.ELEVATED),
    ("good day, fui a la junta", Level.NONE),
]


def pairs(table):
    return [(text, category) for category, texts in table.items() for text in texts]


@pytest.mark.parametrize(("text", "category"), pairs(URGENT))
def test_an_urgent_sentence_is_urgent_and_named(screener, text, category):
    found = screener.screen(text)
    assert found.level is Level.URGENT
    assert category in found.categories


@pytest.mark.parametrize(("text", "category"), pairs(ELEVATED))
def test_an_elevated_sentence_is_raised_and_named(screener, text, category):
    found = screener.screen(text)
    assert found.level >= Level.ELEVATED
    assert category in found.categories


@pytest.mark.parametrize("text", AT_MOST_WATCH)
def test_a_calming_setting_raises_no_alert(screener, text):
    assert screener.screen(text).level <= Level.WATCH


@pytest.mark.parametrize("text", NONE)
def test_everyday_talk_is_left_in_peace(screener, text):
    assert screener.screen(text).level is Level.NONE


@pytest.mark.parametrize(("text", "level"), MIXED)
def test_both_languages_in_one_message_are_read(screener, text, level):
    assert screener.screen(text).level is level


@pytest.mark.parametrize("text", ["quiero morirme", "i relapsed", "me muero de hambre"])
def test_the_language_is_only_a_hint(screener, text):
    assert screener.screen(text, "en") == screener.screen(text, "es") == screener.screen(text, "zz")
