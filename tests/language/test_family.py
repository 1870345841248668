from datetime import date, timedelta

from helpers.language.family import load_family


def test_each_model_has_a_source_that_somebody_looked_at_within_a_year():
    for model in load_family():
        assert model["source"]
        age = date.today() - date.fromisoformat(model["checked"])
        assert age < timedelta(days=365), f"look at the source again: {model}"


def test_the_oldest_come_first_and_korean_ones_are_among_them():
    models = load_family()
    assert [model["month"] for model in models] == sorted(model["month"] for model in models)
    assert sum(model["country"] == "KR" for model in models) >= 2
    assert {model["kind"] for model in models} == {"encoder", "decoder", "both"}
    assert all(float(model["billions"]) > 0 for model in models)
