"""Corrections lie over the runs that were found, whatever these become."""

import pytest
from msgspec.structs import replace
from tests.report.test_pieces import T0, run_of

from flatwatt.correction import Correction, Draft, Kind, Payload, in_force, programme_names
from flatwatt.errors import UsageError
from flatwatt.model import Run
from flatwatt.report.corrected import Outcome, change_of, corrected, reach
from flatwatt.report.drafts import assigning, discarding, merging, renaming, splitting, undoing

HOUR_MS = 3_600_000


def wash(number: int, minutes: int = 40, later_ms: int = 0) -> Run:
    start_ms = T0 + number * HOUR_MS + later_ms
    return run_of([9_000] * (2 * minutes), start_ms=start_ms, total_mwh=number * 800_000)


RUNS = [wash(number) for number in range(5)]


def said(*drafts: Draft) -> list[Correction]:
    return [
        Correction(seq, 0, draft.kind, draft.appliance, draft.payload)
        for seq, draft in enumerate(drafts, 1)
    ]


def test_nothing_said_changes_nothing():
    assert corrected(RUNS, []).runs == RUNS


def test_merged_runs_are_one_from_the_first_start_to_the_last_end():
    found = corrected(RUNS, said(merging([RUNS[2], RUNS[1]])))
    assert found.outcomes == {1: Outcome.APPLIED}
    assert [run.id for run in found.runs] == [RUNS[index].id for index in (0, 1, 3, 4)]
    whole = found.runs[1]
    assert (whole.start_ms, whole.end_ms) == (RUNS[1].start_ms, RUNS[2].end_ms)
    assert whole.energy_mwh == RUNS[2].total_mwh + RUNS[2].energy_mwh - RUNS[1].total_mwh


def test_a_run_between_two_that_were_one_belongs_to_it():
    found = corrected(RUNS, said(merging([RUNS[0], RUNS[2]])))
    assert [run.start_ms for run in found.runs] == [RUNS[i].start_ms for i in (0, 3, 4)]
    assert found.runs[0].energy_mwh == RUNS[2].total_mwh + RUNS[2].energy_mwh - RUNS[0].total_mwh


def test_a_split_run_is_two_and_a_discarded_one_none():
    at_ms = RUNS[3].start_ms + 10 * 60_000
    found = corrected(RUNS, said(splitting(RUNS[3], at_ms), discarding(RUNS[0])))
    assert [run.start_ms for run in found.runs] == [
        RUNS[1].start_ms, RUNS[2].start_ms, RUNS[3].start_ms, at_ms, RUNS[4].start_ms,
    ]  # fmt: skip
    assert found.runs[3].id.startswith("washer-")
    assert found.runs[3].id != found.runs[2].id


def test_later_corrections_build_on_earlier_ones():
    (whole, *_) = corrected(RUNS, said(merging(RUNS[:2]))).runs
    drafts = [merging(RUNS[:2]), splitting(whole, whole.start_ms + 600_000), discarding(RUNS[4])]
    found = corrected(RUNS, said(*drafts))
    assert sum(run.energy_mwh for run in found.runs[:2]) == whole.energy_mwh
    assert set(found.outcomes.values()) == {Outcome.APPLIED}


def test_a_run_found_seconds_elsewhere_is_still_the_one_that_was_meant():
    moved = [wash(number, later_ms=12_000) for number in range(5)]
    drafts = said(discarding(RUNS[0]), merging(RUNS[1:3]), assigning(RUNS[4], "p2"))
    found = corrected(moved, drafts)
    assert set(found.outcomes.values()) == {Outcome.APPLIED}
    assert [(run.start_ms, run.programme) for run in found.runs] == [
        (moved[1].start_ms, ""), (moved[3].start_ms, ""), (moved[4].start_ms, "p2"),
    ]  # fmt: skip


def test_what_a_better_detector_finds_by_itself_is_found_already():
    whole = run_of([9_000] * 200, start_ms=RUNS[1].start_ms)
    found = corrected([RUNS[0], whole], said(merging(RUNS[1:3]), discarding(RUNS[4])))
    assert found.runs == [RUNS[0], whole]
    assert found.outcomes == {1: Outcome.ALREADY, 2: Outcome.ALREADY}
    halves = [wash(0, minutes=9), wash(0, minutes=29, later_ms=660_000)]
    found = corrected(halves, said(splitting(RUNS[0], RUNS[0].start_ms + 600_000)))
    assert found.runs == halves
    assert found.outcomes == {1: Outcome.ALREADY}


def test_what_fits_no_run_any_more_is_kept_and_said():
    found = corrected(RUNS[3:], said(merging(RUNS[:2]), assigning(RUNS[0], "p1"),
                                     splitting(RUNS[1], RUNS[1].start_ms + 60_000)))  # fmt: skip
    assert found.runs == RUNS[3:]
    assert set(found.outcomes.values()) == {Outcome.LOST}


def test_another_appliances_run_at_the_same_time_is_not_meant():
    dryer = replace(RUNS[0], id="dryer-1", appliance="dryer")
    found = corrected([dryer], said(discarding(RUNS[0])))
    assert found.runs == [dryer]


def test_an_undone_correction_counts_no_more_but_did_before():
    rows = said(discarding(RUNS[0]), discarding(RUNS[1]))
    rows += [Correction(3, 0, Kind.UNDO, "washer", undoing(rows, 1).payload)]
    assert [row.seq for row in in_force(rows)] == [2]
    assert [row.seq for row in in_force(rows, 2)] == [1, 2]
    assert change_of(RUNS, rows, 1) == ([RUNS[0]], [])
    assert change_of(RUNS, rows, 3) == ([], [RUNS[0]])


def test_the_reach_of_a_stretch_holds_all_runs_that_are_joined_into_it():
    rows = said(merging(RUNS[0:2]), merging(RUNS[1:3]), discarding(RUNS[4]))
    near, start_ms, end_ms = reach(rows, RUNS[0].start_ms, RUNS[0].start_ms + 1)
    assert [row.seq for row in near] == [1, 2]
    assert (start_ms, end_ms) == (RUNS[0].start_ms, RUNS[2].end_ms + 1)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: merging([RUNS[0], RUNS[0]]), "two different"),
        (lambda: merging([RUNS[0], replace(RUNS[1], appliance="dryer")]), "different appliances"),
        (lambda: merging([RUNS[0], wash(40)]), "more than a day"),
        (lambda: discarding(replace(RUNS[0], end_ms=None)), "still goes on"),
        (lambda: splitting(RUNS[0], RUNS[0].end_ms), "not within"),
        (lambda: renaming("washer", "p1", "  "), "characters"),
        (lambda: renaming("washer", "p1", "a\x1b[31m"), "characters"),
        (lambda: undoing([]), "no correction to undo"),
        (lambda: undoing(said(discarding(RUNS[0])), 7), "no correction 7"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(make, says):
    with pytest.raises(UsageError, match=says):
        make()


def test_a_programme_is_called_by_its_newest_name():
    rows = said(renaming("washer", "p1", "Baumwolle 40"), renaming("washer", "p1", " Buntes "))
    assert programme_names(rows) == {("washer", "p1"): "Buntes"}
    undone = [*rows, Correction(3, 0, Kind.UNDO, "washer", Payload(undoes=2))]
    assert programme_names(undone) == {("washer", "p1"): "Baumwolle 40"}
