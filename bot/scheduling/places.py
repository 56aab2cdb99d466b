"""Where people live: the time zones offered as buttons by region, and those that a typed place may mean.

Names only; what a zone does to a clock is `calendar`. A zone outside these lists works when it is typed.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources

MOST = 6
"""Candidates for one typed place, as many as buttons stand well in one message."""

LONGEST = 60
"""Characters of a typed place that are looked at."""


@dataclass(frozen=True)
class ZoneChoice:
    """One button: the key of its label in the phrases, and the IANA zone it means."""

    key: str
    zone: str


@dataclass(frozen=True)
class Region:
    """One screen of buttons: the key of its label in the phrases, and its zones from east to west."""

    key: str
    zones: tuple[ZoneChoice, ...]


_REGIONS = {
    "us": """
        eastern=America/New_York central=America/Chicago mountain=America/Denver arizona=America/Phoenix
        pacific=America/Los_Angeles alaska=America/Anchorage hawaii=Pacific/Honolulu
        puerto-rico=America/Puerto_Rico""",
    "canada": """
        st-johns=America/St_Johns halifax=America/Halifax toronto=America/Toronto winnipeg=America/Winnipeg
        regina=America/Regina edmonton=America/Edmonton vancouver=America/Vancouver""",
    "mexico": """
        cancun=America/Cancun mexico-city=America/Mexico_City chihuahua=America/Chihuahua
        hermosillo=America/Hermosillo ciudad-juarez=America/Ciudad_Juarez tijuana=America/Tijuana""",
    "central-america": """
        panama=America/Panama guatemala=America/Guatemala el-salvador=America/El_Salvador
        tegucigalpa=America/Tegucigalpa managua=America/Managua costa-rica=America/Costa_Rica
        belize=America/Belize""",
    "caribbean": """
        puerto-rico=America/Puerto_Rico santo-domingo=America/Santo_Domingo havana=America/Havana
        port-au-prince=America/Port-au-Prince jamaica=America/Jamaica port-of-spain=America/Port_of_Spain""",
    "south-america": """
        sao-paulo=America/Sao_Paulo buenos-aires=America/Argentina/Buenos_Aires santiago=America/Santiago
        asuncion=America/Asuncion montevideo=America/Montevideo caracas=America/Caracas la-paz=America/La_Paz
        manaus=America/Manaus bogota=America/Bogota lima=America/Lima guayaquil=America/Guayaquil""",
    "europe": """
        moscow=Europe/Moscow istanbul=Europe/Istanbul kyiv=Europe/Kyiv athens=Europe/Athens
        berlin=Europe/Berlin paris=Europe/Paris madrid=Europe/Madrid london=Europe/London
        lisbon=Europe/Lisbon canary=Atlantic/Canary""",
    "africa": """
        nairobi=Africa/Nairobi addis-ababa=Africa/Addis_Ababa cairo=Africa/Cairo
        johannesburg=Africa/Johannesburg lagos=Africa/Lagos casablanca=Africa/Casablanca
        accra=Africa/Accra""",
    "asia": """
        tokyo=Asia/Tokyo seoul=Asia/Seoul manila=Asia/Manila shanghai=Asia/Shanghai
        ho-chi-minh=Asia/Ho_Chi_Minh bangkok=Asia/Bangkok dhaka=Asia/Dhaka kathmandu=Asia/Kathmandu
        kolkata=Asia/Kolkata karachi=Asia/Karachi dubai=Asia/Dubai""",
    "pacific": """
        apia=Pacific/Apia auckland=Pacific/Auckland fiji=Pacific/Fiji sydney=Australia/Sydney
        brisbane=Australia/Brisbane adelaide=Australia/Adelaide guam=Pacific/Guam perth=Australia/Perth
        hawaii=Pacific/Honolulu pago-pago=Pacific/Pago_Pago""",
}

_E, _C, _M, _P = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"

# What people type that is not the last part of a zone's name. Several places or zones of one name are all
# offered, the likelier first. States that lie in two zones name both.
_NAMES = {
    _E: """
        eastern time; eastern; et; est; edt; atlanta; baltimore; boston; buffalo; charlotte; cincinnati; cleveland;
        columbus; greensboro; jacksonville; miami; newark; new york city; nyc; nueva york; norfolk;
        orlando; philadelphia; filadelfia; philly; pittsburgh; raleigh; richmond; rochester; savannah;
        tampa; virginia beach; washington; washington dc; dc; d c; district of columbia; brooklyn; the
        bronx; bronx; queens; manhattan; staten island; long island; fort lauderdale; durham; albany;
        annapolis; augusta; charleston; columbia; concord; dover; frankfort; harrisburg; hartford;
        montpelier; providence; trenton; tallahassee; springfield; burlington; knoxville; lexington;
        syracuse; worcester; akron; toledo; connecticut; ct; delaware; de; florida; fl; georgia; ga;
        maine; me; maryland; md; massachusetts; ma; new hampshire; nh; new jersey; nueva jersey; nj; new
        york; ny; north carolina; carolina del norte; nc; ohio; oh; pennsylvania; pensilvania; pa; rhode
        island; ri; south carolina; carolina del sur; sc; vermont; vt; virginia; va; west virginia; wv""",
    "America/Detroit": "michigan; mi; lansing; grand rapids; ann arbor; flint",
    "America/Indiana/Indianapolis": "indiana; in; indianapolis; fort wayne; south bend",
    "America/Kentucky/Louisville": "kentucky; ky",
    _C: """
        central time; central; cst; cdt; austin; baton rouge; birmingham; dallas; fort worth; houston; kansas city;
        memphis; milwaukee; minneapolis; mobile; nashville; new orleans; nueva orleans; oklahoma city;
        omaha; san antonio; saint louis; st louis; saint paul; st paul; tulsa; wichita; corpus christi;
        mcallen; laredo; brownsville; bismarck; des moines; jackson; jefferson city; lincoln; little rock;
        madison; montgomery; pierre; springfield; topeka; fargo; sioux falls; rockford; green bay;
        huntsville; plano; arlington; lubbock; alabama; al; arkansas; ar; illinois; il; iowa; ia; kansas;
        ks; louisiana; luisiana; minnesota; mn; mississippi; misisipi; ms; missouri; mo; nebraska; ne;
        north dakota; dakota del norte; nd; oklahoma; ok; south dakota; dakota del sur; sd; tennessee; tn;
        texas; tejas; tx; wisconsin; wi""",
    _M: """
        mountain time; mountain; mst; mdt; albuquerque; billings; cheyenne; colorado springs; el paso; helena; las
        cruces; provo; salt lake city; santa fe; aurora; boulder; fort collins; casper; rapid city;
        colorado; co; montana; mt; new mexico; nuevo mexico; nm; utah; ut; wyoming; wy""",
    "America/Boise": "idaho; id",
    "America/Phoenix": "arizona; az; tucson; mesa; scottsdale; flagstaff; tempe; yuma",
    _P: """
        la; l a; pacific time; pacific; pt; pst; pdt; bakersfield; fresno; las vegas; long beach; oakland; portland;
        reno; sacramento; san diego; san francisco; sf; san jose; seattle; spokane; tacoma; anaheim;
        riverside; eugene; carson city; olympia; salem; california; ca; nevada; nv; oregon; or; washington
        state; washington; wa""",
    "America/Anchorage": "alaska; ak; fairbanks",
    "Pacific/Honolulu": "hawaii; hi; hilo; maui",
    "America/Puerto_Rico": "san juan; pr; ponce; bayamon",
    "Pacific/Guam": "hagatna",
    "America/Mexico_City": """
        ciudad de mexico; cdmx; mexico; mexico df; guadalajara; puebla; leon; queretaro; toluca; veracruz;
        acapulco; oaxaca; morelia; san luis potosi; aguascalientes""",
    "America/Monterrey": "saltillo; nuevo leon",
    "America/Cancun": "quintana roo; playa del carmen",
    "America/Tijuana": "baja california; mexicali; ensenada",
    "America/Hermosillo": "sonora; nogales",
    "America/Mazatlan": "sinaloa; culiacan; la paz",
    "America/Guatemala": "guatemala city; ciudad de guatemala",
    "America/El_Salvador": "san salvador; salvador",
    "America/Tegucigalpa": "honduras; san pedro sula",
    "America/Managua": "nicaragua",
    "America/Costa_Rica": "san jose",
    "America/Panama": "panama city; ciudad de panama",
    "America/Havana": "cuba; la habana; habana",
    "America/Santo_Domingo": "dominican republic; republica dominicana; santiago de los caballeros",
    "America/Port-au-Prince": "haiti; puerto principe",
    "America/Jamaica": "kingston",
    "America/Port_of_Spain": "trinidad; trinidad and tobago; puerto espana",
    "America/Bogota": "colombia; medellin; cali; barranquilla; cartagena",
    "America/Caracas": "venezuela; maracaibo; valencia",
    "America/Guayaquil": "ecuador; quito; cuenca",
    "America/Lima": "peru; arequipa; cusco",
    "America/La_Paz": "bolivia; santa cruz; cochabamba",
    "America/Santiago": "chile; valparaiso",
    "America/Asuncion": "paraguay",
    "America/Montevideo": "uruguay",
    "America/Argentina/Buenos_Aires": "argentina; rosario; caba",
    "America/Sao_Paulo": """
        brazil; brasil; rio de janeiro; rio; brasilia; belo horizonte; curitiba; porto alegre;
        florianopolis; goiania; campinas""",
    "America/Bahia": "salvador; salvador de bahia",
    "America/Toronto": "ottawa; montreal; quebec; ontario; hamilton; canada",
    "America/Edmonton": "calgary; alberta",
    "America/Vancouver": "british columbia; victoria",
    "America/Winnipeg": "manitoba",
    "America/Regina": "saskatchewan; saskatoon",
    "America/Halifax": "nova scotia",
    "Europe/London": """
        londres; england; scotland; wales; united kingdom; uk; great britain; birmingham; manchester;
        liverpool; edinburgh; glasgow; cardiff""",
    "Europe/Dublin": "ireland; irlanda; cork",
    "Europe/Madrid": "spain; espana; barcelona; valencia; sevilla; seville; bilbao; malaga",
    "Atlantic/Canary": "canarias; canary islands; tenerife; las palmas",
    "Europe/Lisbon": "portugal; lisboa; porto",
    "Europe/Paris": "france; francia; lyon; marseille",
    "Europe/Berlin": "germany; alemania; deutschland; munich; munchen; hamburg; cologne; frankfurt",
    "Europe/Rome": "italy; italia; roma; milan; milano; naples",
    "Europe/Amsterdam": "netherlands; holland; rotterdam",
    "Europe/Brussels": "belgium; bruselas; antwerp",
    "Europe/Zurich": "switzerland; suiza; geneva; ginebra; basel; bern",
    "Europe/Vienna": "austria; viena; wien",
    "Europe/Warsaw": "poland; polonia; krakow",
    "Europe/Stockholm": "sweden",
    "Europe/Oslo": "norway",
    "Europe/Copenhagen": "denmark",
    "Europe/Athens": "greece; atenas",
    "Europe/Kyiv": "ukraine; ucrania; kiev; lviv; odesa",
    "Europe/Moscow": "moscu; saint petersburg; st petersburg",
    "Europe/Istanbul": "turkey; estambul; ankara",
    "Asia/Tbilisi": "georgia",
    "Asia/Kolkata": """
        india; calcutta; delhi; new delhi; mumbai; bombay; bangalore; bengaluru; chennai; hyderabad; pune""",
    "Asia/Karachi": "pakistan; lahore; islamabad",
    "Asia/Shanghai": "china; beijing; pekin; shenzhen; guangzhou; wuhan",
    "Asia/Tokyo": "japan; japon; osaka; kyoto",
    "Asia/Seoul": "korea; south korea; busan",
    "Asia/Manila": "philippines; filipinas; cebu; davao; quezon city",
    "Asia/Ho_Chi_Minh": "vietnam; saigon; hanoi",
    "Asia/Bangkok": "thailand",
    "Asia/Jakarta": "indonesia",
    "Asia/Kathmandu": "nepal; katmandu",
    "Asia/Dhaka": "bangladesh",
    "Asia/Dubai": "abu dhabi; united arab emirates; uae",
    "Asia/Jerusalem": "israel; tel aviv; haifa",
    "Africa/Cairo": "egypt; egipto; alexandria",
    "Africa/Lagos": "nigeria; abuja",
    "Africa/Nairobi": "kenya; mombasa",
    "Africa/Johannesburg": "south africa; sudafrica; cape town; durban; pretoria",
    "Africa/Accra": "ghana",
    "Africa/Addis_Ababa": "ethiopia; etiopia",
    "Africa/Casablanca": "morocco; marruecos; rabat",
    "Australia/Sydney": "canberra; new south wales",
    "Australia/Brisbane": "gold coast; queensland",
    "Pacific/Auckland": "new zealand; nueva zelanda; wellington; christchurch",
    "Pacific/Apia": "samoa",
    "Pacific/Pago_Pago": "american samoa; samoa americana",
}

# The second, less likely zone of a name: a state in two zones, a smaller city, Louisiana's letters.
_ALSO = {
    "la": (_C,),
    "portland": (_E,),
    "florida": (_C,),
    "michigan": (_C,),
    "indiana": (_C,),
    "kentucky": (_E, _C),
    "tennessee": (_E,),
    "texas": (_M,),
    "tejas": (_M,),
    "kansas": (_M,),
    "nebraska": (_M,),
    "north dakota": (_M,),
    "south dakota": (_M,),
    "idaho": (_P,),
    "oregon": (_M,),
}


_SAID_AROUND = re.compile(
    r"(?:i\s+am|i['’]?m|i\s+live|estoy|vivo|soy)\s+(?:in|near|from|en|de|cerca\s+de)\s+", re.IGNORECASE
)
""" "I live in Ohio": the place is what follows."""


@cache
def regions() -> tuple[Region, ...]:
    """The regions for the joining screens, the United States first."""
    return tuple(
        Region(
            f"region-{name}",
            tuple(ZoneChoice(f"zone-{key}", zone) for key, zone in _pairs(choices)),
        )
        for name, choices in _REGIONS.items()
    )


def _pairs(choices: str) -> Iterable[tuple[str, str]]:
    for choice in choices.split():
        key, _, zone = choice.partition("=")
        yield key, zone


def place(zone: str) -> str:
    """The city a zone is named after, for a label: "Mexico City"."""
    return zone.rpartition("/")[2].replace("_", " ")


def find_city(text: str) -> list[str]:
    """The zones that a typed city, state or country may mean, the likeliest first, at most six."""
    text = _SAID_AROUND.sub("", text.strip())
    whole = _folded(text[:LONGEST])
    if not whole:
        return []
    parts = [part for part in (_folded(part) for part in text[:LONGEST].split(",")) if part]
    if len(parts) > 1:
        return _that_agree([_meaning(part) for part in parts])
    return (_meaning(whole) or _with_state(whole) or _nearly(whole))[:MOST]


def _that_agree(meanings: list[list[str]]) -> list[str]:
    """ "Portland, Oregon": the zones that every part allows. "Paris, Texas": the state's first."""
    known = [meaning for meaning in meanings if meaning] or [[]]
    agreed = [zone for zone in known[0] if all(zone in other for other in known[1:])]
    return agreed[:MOST] or list(dict.fromkeys(zone for zones in reversed(known) for zone in zones))[:MOST]


def _with_state(whole: str) -> list[str]:
    """ "denver colorado", without its comma."""
    words = whole.split()
    for cut in range(len(words) - 1, 0, -1):
        city, state = _exactly(" ".join(words[:cut])), _exactly(" ".join(words[cut:]))
        if city and state:
            return _that_agree([city, state])
    return []


def _exactly(name: str) -> list[str]:
    return list(_index().get(name, ()))


def _meaning(name: str) -> list[str]:
    if exact := _exactly(name):
        return exact
    if len(name) < 3:  # two letters begin too many names
        return []
    starting = [zone for known, zones in _index().items() if known.startswith(name) for zone in zones]
    within = [zone for known, zones in _index().items() if f" {name}" in known for zone in zones]
    return list(dict.fromkeys(starting + within))[:MOST]


def _nearly(name: str) -> list[str]:
    """A slip of the finger: "chigaco"."""
    close = get_close_matches(name, _index(), n=3, cutoff=0.75) if len(name) > 3 else []
    return list(dict.fromkeys(zone for known in close for zone in _index()[known]))


@cache
def _index() -> dict[str, tuple[str, ...]]:
    """Folded name -> its zones. Zones' own names come after the table, which knows the likelier meaning."""
    found: dict[str, list[str]] = {}
    for zone, names in _NAMES.items():
        for name in names.split(";"):
            found.setdefault(_folded(name), []).append(zone)
    for name, zones in _ALSO.items():
        found.setdefault(name, []).extend(zones)
    for zone in _listed_zones():
        for name in (_folded(place(zone)), _folded(zone)):
            if zone not in found.setdefault(name, []):
                found[name].append(zone)
    return {name: tuple(zones) for name, zones in found.items()}


def _listed_zones() -> list[str]:
    """Every zone that stands for an inhabited place of today, from the database's own table."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    lines = [line for line in table.splitlines() if line and not line.startswith("#")]
    return sorted(line.split("\t")[2] for line in lines)


def _folded(text: str) -> str:
    """Lower case, without accents and with single spaces for anything that is no letter or digit."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = [letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter)]
    return " ".join("".join(letters).split())
