"""Settings of the generated tests of the operators: repeatable, and without time limits."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "ops", deadline=None, derandomize=True, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ops")
