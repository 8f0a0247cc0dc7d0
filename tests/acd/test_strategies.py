from __future__ import annotations

import pytest

from acd.events import Configured
from acd.model import Queue
from acd.strategies import STRATEGIES, UnknownStrategyError, check_strategies
from tests.acd.scene import ANA, DESK, engine_with, join, ring


def test_every_strategy_that_the_plan_may_name_is_in_the_table() -> None:
    check_strategies([Queue("desk", strategy=name) for name in STRATEGIES])


def test_an_unknown_strategy_is_named_with_its_queue_and_the_known_ones() -> None:
    with pytest.raises(UnknownStrategyError) as error:
        check_strategies([DESK, Queue("heart", strategy="loudest")])
    assert str(error.value) == (
        "queue 'heart' names the strategy 'loudest', which does not exist; use one of: longest-idle"
    )


def test_a_plan_with_an_unknown_strategy_changes_nothing() -> None:
    engine = engine_with(ANA)
    with pytest.raises(UnknownStrategyError):
        engine.handle(Configured((Queue("desk", strategy="loudest"),), ()), now=1)
    assert join(engine, "c1", now=2) == [ring(1, ANA, "c1")]
