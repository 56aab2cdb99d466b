import io
import json

from bot.screening.command import screen


def run(content, lines, explain=None):
    out, err = io.StringIO(), io.StringIO()
    status = screen(content, explain, io.BytesIO(lines), out, err)
    return status, out.getvalue(), err.getvalue()


def test_each_line_gets_one_answer_in_order(content):
    # given a worrying line and a calm one
    lines = b'{"text": "i want to die", "lang": "en"}\n{"text": "good day", "lang": "xx"}\n'

    # when they are screened
    status, out, err = run(content, lines)

    # then both are answered, in order
    first, second = map(json.loads, out.splitlines())
    assert (status, err) == (0, "")
    assert first["level"] == "urgent"
    assert first["categories"] == ["suicide"]
    assert set(first["evidence"][0]) == {"rule", "start", "end"}
    assert second == {"level": "none", "categories": [], "evidence": []}


def test_a_broken_line_gets_an_error_and_the_rest_goes_on(content):
    # given every kind of broken line, then a good one
    broken = [b"nonsense", b"", b"[1]", b"{}", b'{"text": 5}', b'{"text": null}', b"\xff\xfe", b"[" * 100_000]
    lines = b"\n".join([*broken, b'{"text": "i relapsed"}']) + b"\n"

    # when they are screened
    status, out, _ = run(content, lines)

    # then each has its answer
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [set(answer) for answer in answers[:-1]] == [{"error"}] * len(broken)
    assert answers[-1]["level"] == "elevated"


def test_half_a_surrogate_pair_is_screened_like_any_text(content):
    _, out, _ = run(content, b'{"text": "\\ud83d i want to die", "lang": 7}\n')
    assert json.loads(out)["level"] == "urgent"


def test_broken_content_ends_with_status_one_and_names_the_place(tmp_path):
    (tmp_path / "en.toml").write_text("[[family]]\nid = 'x'\n")
    status, out, err = run(tmp_path, b'{"text": "hello"}\n')
    assert (status, out) == (1, "")
    assert "en.toml:" in err


def test_explain_shows_the_steps(content):
    status, out, _ = run(content, b"", explain="my friend wants to die")
    assert status == 0
    assert "read as: my friend wants to die" in out
    assert "other_person" in out
    assert out.rstrip().splitlines()[-1].startswith("result: watch")


def test_explain_survives_half_a_surrogate_pair(content):
    status, out, _ = run(content, b"", explain="\ud83d want to die")
    assert status == 0
    assert "urgent" in out
