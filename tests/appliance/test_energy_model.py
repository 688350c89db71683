"""Meters against an exact integer account of what was used."""

from hypothesis import HealthCheck, settings
from tests.appliance.meter_machine import MeterMachine

TestMetersKeepTrueAccounts = MeterMachine.TestCase
TestMetersKeepTrueAccounts.settings = settings(
    max_examples=400,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
