"""Linear models: the text form is lossless where it matters, scores follow the formula, errors name the line."""

from __future__ import annotations

import math

import numpy as np
import pytest

from topics.linear import Linear, format_linear, parse_linear, sigmoid


def model() -> Linear:
    return Linear(
        ("a", "b"),
        {"x": 0, "y": 1},
        np.array([1.0, 2.0], np.float32),
        np.array([[1.5, -0.5], [0.25, 0.75]], np.float32),
        np.array([0.1, -0.2], np.float32),
    )


def test_a_score_is_tf_idf_times_weights() -> None:
    m = model()
    x, y = 1 + math.log(2), 2.0
    norm = math.hypot(x, y)
    expected = [(x * 1.5 + y * 0.25) / norm + 0.1, (x * -0.5 + y * 0.75) / norm - 0.2]
    assert m.scores([m.ids(["x", "y", "nothing"]), m.ids(["x"])]) == pytest.approx(expected, rel=1e-5)


def test_nothing_known_scores_the_bias() -> None:
    m = model()
    assert m.scores([m.ids(["nothing"])]) == pytest.approx([0.1, -0.2])


def test_the_text_form_round_trips() -> None:
    again = parse_linear(format_linear(model(), "a test"))
    assert again.labels == ("a", "b")
    assert again.vocabulary == {"x": 0, "y": 1}
    np.testing.assert_allclose(again.weights, model().weights)
    np.testing.assert_allclose(again.bias, model().bias, atol=1e-3)


def test_an_error_names_the_line() -> None:
    with pytest.raises(ValueError, match="weights, line 3"):
        parse_linear("labels\ta\nbias\t0.5\nx\tnot-a-number\t0:1\n")


def test_sigmoid_is_safe() -> None:
    assert sigmoid(np.array([-1e4, 0, 1e4], np.float32)) == pytest.approx([0, 0.5, 1], abs=1e-6)
