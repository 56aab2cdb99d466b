"""Our own sentences, in pairs where we can: a worrying one, and the same words harmless."""

import pytest

from bot.screening.model import Category, Level

URGENT = {
    Category.SUICIDE: [
        "honestly i just want to be dead at this point",
        "ive been thinking abt killing myself since monday",
        "i wanna kms so bad",
        "Sometimes I think I should end my life.",
        "the suicidal thoughts are back and louder",
        "no reason for me to keep living anymore",
        "i dont want to be alive rn",
        "i pray every night that i won't wake up",
        "wish the overdose had finished the job",
        "i cant see myself being alive next year",
        "my family would do better if i was gone",
        "nobody is going to miss me when i'm gone",
        "the world would be a better place without me in it",
        "i'd be doing everybody a favor if i died",
        "i keep picturing my own funeral",
        "i wrote goodbye letters to both of my girls",
        "gave my guitar and my tools away, wont be needing them",
        "please look after my dog when im not here anymore",
        "This is the last time you will hear from me",
        "i'll see my brother in heaven soon",
        "by this time tomorrow it will all be over",
        "i've got a rope in the closet",
        "been saving up my sleeping pills for a while now",
        "Looked up how many of my pills would do it",
        "i am on the roof of my building right now",
        "thinking about driving my truck off the bridge",
        "got the razor and the bath is running, tonight is it",
        "i've figured out how i'm going to do it",
        "i loaded the shotgun then put it back",
        "i know what tree id hang myself from",
        "gonna jump",
        "i want to slit my wrists",
        "im ready to go home to the lord, tired of this earth",
        "What if I just swerved into oncoming traffic",
        "i want everything to end tonight",
    ],
    Category.SELF_HARM: [
        "I've been cutting again",
        "i cut my thigh last night to feel something",
        "put a cigarette out on my arm",
        "hit my head on the wall over and over on purpose",
        "cant stop hurting myself",
        "i want to cut so bad right now",
        "had the blade out for an hour",
        "relapsed with the self harming",
    ],
    Category.OVERDOSE: [
        "i took way too many pills i think",
        "took the entire bottle of trazodone",
        "swallowed about 30 tylenol",
        "drank a fifth on top of my xanax and i cant stay awake",
        "i did too much and my chest feels weird",
        "woke up on the bathroom floor, needle still in my arm",
        "they had to narcan me last night",
        "my girlfriend shot up and she isnt breathing right",
        "my brother took something and he wont wake up",
    ],
    Category.WITHDRAWAL: [
        "had a seizure this morning",
        "havent drank in 2 days and im shaking and seeing things",
        "my chest hurts bad and my arm is numb",
        "throwing up blood since last night",
        "im hearing voices and i dont know where i am",
        "quit xanax cold turkey, twitching all over, feel like im gonna have a seizure",
    ],
    Category.HARM_OTHERS: [
        "i want to kill my stepdad",
        "im gonna hurt somebody tonight i swear",
        "Keep having thoughts about stabbing my roommate",
        "if she comes back here i will beat her",
        "i put my hands on my wife last night",
        "i'm scared i'm going to hurt my baby",
        "he took my money so im going over there with my gun",
        "i cant stop imagining strangling my boss",
    ],
    Category.UNSAFE: [
        "my boyfriend beat me up again",
        "he put his hands around my throat",
        "my ex says he's gonna kill me if i leave",
        "my dad has a gun and hes drunk, im hiding in the closet",
        "he wont let me out of the room",
        "i got raped last night",
        "i was stabbed outside the store",
        "she keeps hitting me and i cant get away",
        "someone is trying to break down my door",
    ],
}

ELEVATED = {
    Category.LAPSE: [
        "well i relapsed",
        "I had three beers last night",
        "smoked meth with my ex",
        "took one of my moms percs",
        "im drunk lol",
        "couldnt help it, bought a bottle and finished it",
        "slipped yesterday, back at day one",
        "shot up this morning, i feel awful",
        "used over the weekend and lied about it in group",
        "did a couple lines friday",
        "I've been drinking every night this week",
        "hit the pipe again",
        "my sobriety date has to change",
        "drank a whole bottle of wine by myself",
    ],
    Category.CRAVING: [
        "i want a drink so bad it hurts",
        "the cravings are really bad today",
        "i almost called my dealer",
        "all i can think about is getting high",
        "parked in front of the liquor store right now",
        "about to go use",
        "im going to drink tonight and no one can stop me",
        "need a hit",
        "my old plug texted me and i still have his number",
        "there is a bottle in my closet and i keep looking at it",
        "i dont think i can stay sober through the weekend",
        "jonesing hard",
        "just one beer cant hurt right",
    ],
    Category.MEDICATION: [
        "i quit taking my lexapro last week",
        "ran out of subs two days ago",
        "i havent been taking my meds",
        "dont need the antipsychotics anymore so i flushed them",
        "skipped my methadone since thursday",
        "my insurance stopped paying for vivitrol so no shot",
    ],
    Category.HOPELESS: [
        "i feel so hopeless",
        "whats the point of any of this",
        "i cant keep going like this",
        "im just a burden to my family",
        "nothing is ever going to change for me",
        "im so tired of fighting",
        "i hate myself",
        "i dont see any way out",
        "I don't want to be here anymore",
    ],
    Category.DISENGAGED: [
        "im not coming back to group",
        "im dropping out of iop",
        "stop messaging me",
        "this program is a waste of time",
        "i'm leaving treatment today",
        "i quit. delete my number",
        "group isnt helping so im done going",
    ],
    Category.UNSAFE: [
        "i'm afraid to go home tonight",
        "i have nowhere to sleep tonight",
        "my ex keeps showing up outside my work",
        "everybody at my house is using and i cant leave",
        "he gets violent when he drinks and he is drinking now",
        "they kicked me out of the sober house",
    ],
}

AT_MOST_WATCH = [
    "not suicidal at all, only exhausted",
    "i don't want to die, i want to get better",
    "no thoughts of hurting myself or anybody",
    "denies si",
    "SI: none. HI: none. Cravings: none.",
    "i'm not going to hurt anyone, i was just venting",
    "haven't cut in over a year",
    "i didn't drink at the wedding!",
    "no urges, no cravings, good sleep",
    "i never want to use again",
    "not high, just happy",
    "I don't feel hopeless anymore",
    "i used to cut when i was a teenager",
    "years ago i tried to kill myself, i am so glad i lived",
    "back when i was drinking i would black out every night",
    "i overdosed in 2019 and that is why i am here",
    "when i was younger my dad beat me, we talked about it in therapy",
    "my cousin wants to die and i told her to call 988",
    "a guy in my group said he is suicidal",
    "my mom is drinking again",
    "my neighbor overdosed last month, so sad",
    "she told me she used to cut herself",
    "the movie was about a man who kills himself",
    "we read an article about overdose in group",
    "that song about suicide always makes me think",
    "watched a documentary on heroin, made me grateful",
    "drove by my dealer's street and kept driving",
    "wanted to use but called my sponsor instead",
    "had a craving at lunch, went for a walk and it passed",
    "they were drinking at the party so i left",
    "my friend offered me a line and i said no thanks",
    "poured the rest of the vodka down the sink",
    "had a dream that i used, woke up sober",
    "i was about to buy a bottle but i turned around and went home",
    "six months clean today",
]

NONE = [
    "that test killed me haha",
    "my feet are killing me after that shift",
    "i could kill for a cheeseburger",
    "we killed it at softball",
    "dying of laughter at this video",
    "my phone died so i'm late",
    "i'm starving to death, what's for dinner",
    "hanging in there",
    "hung out with my sister",
    "he is such a pain but i love him to death",
    "shot pool with my brother",
    "burned dinner again",
    "cut my finger slicing onions",
    "got a haircut",
    "my son got high marks in school",
    "drank a lot of water today",
    "had two cups of coffee and a bagel",
    "had a coke with lunch",
    "took my meds this morning like always",
    "took my suboxone on time",
    "my doctor raised my dose and i feel better",
    "used my coping skills at work",
    "i used the breathing exercise",
    "ordered a root beer",
    "picked up my six month chip",
    "picked up my kids from school",
    "beat my dad at checkers",
    "hit the gym before group",
    "my sponsor called me",
    "slept 7 hours, feeling ok",
    "i have a plan for the weekend: church and a movie",
    "the bridge was closed so i was late to work",
    "graduated from phase two!",
    "can we talk about my schedule tomorrow",
    "happy birthday to me",
    "work was slow. made chili. watched the game.",
    "I miss my mom, it's her birthday today",
    "bought groceries and a new pair of shoes",
    "my plant died lol",
    "crashed on the couch at 9",
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


@pytest.mark.parametrize(
    ("harmless", "grave"),
    [
        ("im going to kill him, he ate my fries", "im going to kill him, he broke my jaw"),
        ("put me out of my misery, this meeting drags", "put me out of my misery, this life drags"),
        ("i cant go on like this, this couch is lumpy", "i cant go on like this, this has to stop"),
        ("im on the roof patching a leak", "im on the roof and nobody knows"),
        ("im on the bridge, traffic again", "im on the bridge, tell my kids i love them"),
        ("my thumb slipped", "i slipped"),
        ("at my wits end with this router", "at my wits end with everything, no hope left"),
        ("by the time you read this im on the train", "by the time you read this im gone"),
    ],
)
def test_what_a_turn_of_speech_is_about_decides(screener, harmless, grave):
    assert screener.screen(harmless).level < Level.ELEVATED
    assert screener.screen(grave).level >= Level.ELEVATED
