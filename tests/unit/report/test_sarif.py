"""sarif.py: SARIF 2.1.0 as code scanning takes it.

The schema of OASIS is under a licence of its own and is not committed. `SHAPE` is stricter: it has
the keys that layoutcheck writes, each with the type and the limits of SARIF 2.1.0.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from hypothesis import given, settings
from jsonschema import Draft202012Validator

from layoutcheck.location import SourceLocation
from layoutcheck.model.checks import SUMMARIES
from layoutcheck.model.json.runs import run_from_json, run_to_json
from layoutcheck.model.verdict import Cause, Mismatch, Run, Status
from layoutcheck.report.sarif import render
from tests.kernel_runs import agreeing_run, bio_verdict, sample_run, thread_verdict
from tests.strategies import runs

STRING: Final = {"type": "string"}
TEXT: Final = {"type": "string", "minLength": 1}


def an_object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """A schema of an object with these keys and no other."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def array(items: dict[str, Any], **limits: object) -> dict[str, Any]:
    """A schema of an array."""
    return {"type": "array", "items": items, **limits}


MESSAGE: Final = an_object({"text": TEXT})
LOCATION: Final = an_object(
    {
        "physicalLocation": an_object(
            {
                "artifactLocation": an_object(
                    {"uri": {"type": "string", "pattern": "^[!-~]*$"}},
                    {"uriBaseId": {"enum": ["%SRCROOT%", "C_HEADERS"]}},
                )
            },
            {"region": an_object({"startLine": {"type": "integer", "minimum": 1}})},
        )
    },
    {"id": {"type": "integer", "minimum": 0}, "message": MESSAGE},
)
RULE: Final = an_object(
    {
        "id": STRING,
        "shortDescription": an_object({"text": STRING}),
        "fullDescription": an_object({"text": TEXT}),
        "help": MESSAGE,
        "defaultConfiguration": an_object({"level": {"const": "error"}}),
        "properties": an_object({"tags": array(TEXT, uniqueItems=True)}),
    }
)
RESULT: Final = an_object(
    {
        "ruleId": STRING,
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["error", "note"]},
        "message": MESSAGE,
        "locations": array(LOCATION, maxItems=1),
        "relatedLocations": array(LOCATION, maxItems=21, uniqueItems=True),
        "partialFingerprints": an_object({"findingId/v1": STRING}),
        "properties": an_object({"cells": array(STRING)}),
    },
    {
        "suppressions": array(
            an_object(
                {
                    "kind": {"const": "external"},
                    "status": {"const": "accepted"},
                    "justification": STRING,
                }
            ),
            minItems=1,
            uniqueItems=True,
        )
    },
)
RUN: Final = an_object(
    {
        "tool": an_object(
            {
                "driver": an_object(
                    {"name": TEXT, "version": TEXT, "rules": array(RULE, uniqueItems=True)}
                )
            }
        ),
        "invocations": array(
            an_object(
                {
                    "executionSuccessful": {"type": "boolean"},
                    "toolExecutionNotifications": array(
                        an_object(
                            {
                                "level": {"const": "error"},
                                "message": an_object({"text": STRING}),
                            }
                        )
                    ),
                }
            )
        ),
        "originalUriBaseIds": {
            "type": "object",
            "additionalProperties": an_object({"description": MESSAGE}),
        },
        "columnKind": {"const": "unicodeCodePoints"},
        "results": array(RESULT),
    }
)
SHAPE: Final = Draft202012Validator(
    an_object(
        {
            "$schema": {"type": "string", "pattern": "^https://docs.oasis-open.org/.*json$"},
            "version": {"const": "2.1.0"},
            "runs": array(RUN, minItems=1, maxItems=1),
        }
    )
)


def sarif(run: Run) -> Any:  # noqa: ANN401 - any JSON
    """The only run of the SARIF of a run, whose shape is right."""
    log = json.loads(render(run))
    SHAPE.validate(log)
    return log["runs"][0]


@settings(max_examples=50)
@given(run=runs)
def test_any_run(run: Run) -> None:
    """The shape is right, the text is ASCII, and equal for equal runs; rules and results agree."""
    text = render(run)
    assert text.isascii()
    assert text == render(run_from_json(json.loads(json.dumps(run_to_json(run)))))
    made = sarif(run)
    ids = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    assert len(ids) == len(set(ids))
    for result in made["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"].isprintable()


def test_every_check_is_a_rule() -> None:
    """Also in a run in which none of them found anything."""
    made = sarif(agreeing_run())
    assert made["results"] == []
    rules = made["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [*SUMMARIES, "indeterminate"]
    first = rules[0]
    assert first["shortDescription"]["text"].startswith("The alias stands for another kind, ")
    assert 'check = "alias-type"' in first["help"]["text"]


def test_a_check_of_another_version_is_a_rule() -> None:
    """A merged or compared report may name a check that is gone."""
    old = replace(bio_verdict().mismatches[0], check_id="record-colour")
    made = sarif(replace(agreeing_run(), verdicts=(replace(bio_verdict(), mismatches=(old,)),)))
    assert made["tool"]["driver"]["rules"][-2]["id"] == "record-colour"
    assert made["results"][0]["ruleId"] == "record-colour"


def test_a_root_cause() -> None:
    """It is in the Rust source, names C's side, and keeps its fingerprint when lines move."""
    result = sarif(replace(agreeing_run(), verdicts=(bio_verdict(),)))["results"][0]
    assert result["message"]["text"].startswith(
        "bio_children of kpi::sys::bio::bio: C says unsigned, 4 bytes, Rust signed, 4 bytes. "
    )
    (place,) = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "src/sys/bio.rs", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 87},
    }
    (c,) = result["relatedLocations"]
    assert c["physicalLocation"]["artifactLocation"] == {
        "uri": "sys/bio.h",
        "uriBaseId": "C_HEADERS",
    }
    assert c["message"]["text"] == "C's struct bio"
    wrong = replace(bio_verdict().mismatches[0], rust_location=SourceLocation(path="b.rs", line=1))
    moved = replace(bio_verdict(), mismatches=(wrong,))
    other = sarif(replace(agreeing_run(), verdicts=(moved,)))["results"][0]
    assert other["locations"] != result["locations"]
    assert other["partialFingerprints"] == result["partialFingerprints"]


def following(number: int) -> Run:
    """A run in which so many items follow from one mismatch."""
    cause = Cause(item="kpi::sys::bio::bio", check="member-type", member="bio_children")
    wrong = Mismatch(check_id="member-size", member_path="b", c="1", rust="2", cause=cause)
    holders = [
        replace(bio_verdict(), rust_path=f"k::holder_{n}", mismatches=(wrong,))
        for n in range(number)
    ]
    return replace(agreeing_run(), verdicts=(bio_verdict(), *holders))


def test_consequences_are_related_places_up_to_a_limit() -> None:
    """The message says how many are not listed."""
    (result,) = sarif(following(2))["results"]
    said = [one["message"]["text"] for one in result["relatedLocations"]]
    assert said == ["C's struct bio", "k::holder_0: 1 consequence", "k::holder_1: 1 consequence"]
    assert [one["id"] for one in result["relatedLocations"]] == [1, 2, 3]
    (result,) = sarif(following(33))["results"]
    assert len(result["relatedLocations"]) == 21
    assert "20 items of these are listed, and 13 more are not." in result["message"]["text"]


def test_what_is_waived_is_suppressed() -> None:
    """With the reason, at a level that fails no gate: some services know no suppressions."""
    results = sarif(sample_run())["results"]
    waived = [one for one in results if "suppressions" in one]
    assert [one["level"] for one in waived] == ["note"]
    assert {one["suppressions"][0]["justification"] for one in waived} == {
        "only ever used behind a pointer"
    }
    accepted = replace(thread_verdict(), status=Status.WAIVED, reason="known")
    (result,) = sarif(replace(agreeing_run(), verdicts=(accepted,)))["results"]
    assert (result["ruleId"], result["level"]) == ("indeterminate", "note")
    assert result["suppressions"][0]["justification"] == "known"


def test_an_unchecked_item_is_an_error() -> None:
    """It fails the run as a mismatch does; without a place it is put where the crate is."""
    (result,) = sarif(replace(agreeing_run(), verdicts=(thread_verdict(),)))["results"]
    assert (result["ruleId"], result["level"]) == ("indeterminate", "error")
    nowhere = replace(thread_verdict(), rust_location=None, c_location=None)
    run = replace(agreeing_run(), verdicts=(*agreeing_run().verdicts, nowhere))
    (result,) = sarif(run)["results"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "src/sys/_mutex.rs", "uriBaseId": "%SRCROOT%"}
    }


def test_problems_are_notifications() -> None:
    """Input was left out, so that the run was not successful."""
    (invocation,) = sarif(sample_run())["invocations"]
    assert not invocation["executionSuccessful"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("include dev/nope/nope.h")


def test_places_outside_are_absolute() -> None:
    """A crate of another folder is no part of the checkout."""
    outside = SourceLocation(path="/opt/a b/lib.rs", line=3)
    wrong = replace(bio_verdict().mismatches[0], rust_location=outside)
    run = replace(agreeing_run(), verdicts=(replace(bio_verdict(), mismatches=(wrong,)),))
    (place,) = sarif(run)["results"][0]["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "file:///opt/a%20b/lib.rs"}


def test_names_make_no_links() -> None:
    """In a message, `[x](y)` would be a link."""
    accepted = replace(thread_verdict(), reason="see [this](https://example.org)")
    (result,) = sarif(replace(agreeing_run(), verdicts=(accepted,)))["results"]
    assert "](" not in result["message"]["text"]
