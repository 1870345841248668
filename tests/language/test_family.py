from datetime import date, timedelta

from helpers.data import load_table
from helpers.language.family import MODELS, load_family, load_open_models
from helpers.language.pretrained import file_address


def test_each_model_has_a_source_that_somebody_looked_at_within_a_year():
    for model in load_table(MODELS):
        assert model["source"]
        age = date.today() - date.fromisoformat(model["checked"])
        assert age < timedelta(days=365), f"look at the source again: {model}"


def test_the_oldest_come_first_and_korean_ones_are_among_them():
    models = load_family()
    assert [model["month"] for model in models] == sorted(model["month"] for model in models)
    assert sum(model["country"] == "KR" for model in models) >= 2
    assert {model["kind"] for model in models} == {"encoder", "decoder", "both"}
    assert all(float(model["billions"]) > 0 for model in models)


def test_what_runs_at_home_has_an_address_a_licence_and_its_languages():
    models = load_open_models()
    sizes = [float(model["billions"]) for model in models]
    assert sizes == sorted(sizes)
    for model in models:
        assert file_address(model["repository"], "config.json")
        assert model["licence"]
        assert set(model["languages"].split()) <= {"ko", "en", "many"}
    assert sum("ko" in model["languages"] for model in models) >= 5
    newest = date.fromisoformat(max(model["month"] for model in models) + "-01")
    assert date.today() - newest < timedelta(days=2 * 365), "name newer models"


def test_a_model_is_history_or_runs_at_home():
    assert len(load_family()) + len(load_open_models()) == len(load_table(MODELS))
