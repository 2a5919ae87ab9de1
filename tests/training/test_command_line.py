"""The command line explains itself and answers bad input with a sentence."""

import json
import re

import pytest

from allviewer.exchange.training_events import Failed, decode_event
from training.__main__ import main


@pytest.mark.parametrize("command", [[], ["fit"], ["evaluate"], ["crossval"], ["export"], ["predict"]])
def test_help_names_every_argument(command, capsys):
    with pytest.raises(SystemExit) as end:
        main([*command, "--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    assert len(text) > 300
    for line in text.splitlines():  # an option stands with a few words, on its line or the next
        assert not re.fullmatch(r"  --\w+", line)


def test_help_is_quick_and_loads_no_torch():
    import subprocess
    import sys

    code = (
        "import sys\ntry:\n    from training.__main__ import main\n    main(['fit', '--help'])\n"
        "except SystemExit:\n    pass\nassert 'torch' not in sys.modules and 'lightning' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


def test_without_torch_a_sentence_says_what_to_install(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys\nsys.modules['torch'] = None\n"
        f"from training.__main__ import main\nsys.exit(main(['fit', '--data', '.', '--out', {str(tmp_path)!r}, '--json']))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "Training needs torch" in ended.stdout
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["fit", "--data", "nowhere", "--out", "OUT"], "nowhere does not exist"),
        (["fit", "--data", "OUT", "--out", "OUT"], "holds no training data"),
        (["fit", "--data", "OUT", "--out", "OUT", "--from", "nopack"], "nopack is not a complete pack"),
        (["fit", "--data", "OUT", "--out", "OUT", "--config", "no.toml"], "no.toml cannot be read"),
        (["fit", "--data", "OUT", "--out", "OUT", "--steps", "-3"], "steps"),
        (["evaluate", "--pack", "nopack", "--data", "OUT", "--out", "OUT"], "nopack is not a complete pack"),
        (["export", "--data", "OUT", "--out", "OUT"], "is no training run"),
        (["predict", "--pack", "nopack", "--out", "OUT", "a.png"], "nopack is not a complete pack"),
    ],
)
def test_bad_input_is_answered_in_a_sentence(arguments, says, tmp_path, capsys):
    given = [str(tmp_path) if word == "OUT" else word for word in arguments]
    assert main([*given, "--json"]) == 1
    output = capsys.readouterr()
    event = decode_event(output.out.splitlines()[-1])
    assert isinstance(event, Failed)
    assert says in event.sentence
    assert "Traceback" not in output.err
    assert all(json.loads(line)["event"] for line in output.out.splitlines())


def test_people_get_words(tmp_path, capsys):
    assert main(["fit", "--data", str(tmp_path), "--out", str(tmp_path)]) == 1
    assert "holds no training data" in capsys.readouterr().out
