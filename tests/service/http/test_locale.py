import pytest

from helpers.service.http.locale import preferred


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("ko", "ko"),
        ("KO-kr", "ko"),
        ("en;q=0.5, ko;q=0.9", "ko"),
        ("ko;q=0.5, en;q=0.9", "en"),
        ("fr, de;q=0.9", "en"),
        ("fr, ko;q=0.1", "ko"),
        ("ko;q=0", "en"),
        ("ko;q=many", "en"),
        ("ko;q=nan", "en"),
        (",;=,;q=,,", "en"),
        ("korean", "en"),
        ("ko" * 5000, "en"),
    ],
)
def test_the_best_liked_of_the_two(accepted, language):
    assert preferred(accepted) == language
