import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.data import load_mnist
from helpers.vision import digits
from helpers.vision.digits import inference
from helpers.vision.digits.inference import BATCH_SIZE

_, (X_TEST, _) = load_mnist()


def test_reading_needs_no_tensorflow():
    code = """
import sys
import numpy as np
from helpers.vision import digits

assert digits.shipped_reader()(np.zeros((2, 28, 28), np.uint8)).shape == (2, 10)
assert digits.shipped_reader() is digits.shipped_reader()
print(*{"tensorflow", "keras", "tqdm", "matplotlib", "cv2"} & set(sys.modules))
"""
    result = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert result.stdout.split() == []


def test_the_network_is_given_few_at_once_and_all_are_read_in_order(monkeypatch):
    given = []

    class Session:
        def get_inputs(self):
            return [SimpleNamespace(name="images", shape=["n", 28, 28, 1])]

        def run(self, outputs, inputs):
            given.append(len(inputs["images"]))
            return [inputs["images"].reshape(-1, 784)[:, :10]]

    monkeypatch.setattr(inference, "open_onnx", lambda path: Session())
    read, x = digits.load_onnx("any.onnx"), X_TEST[: 2 * BATCH_SIZE + 3]
    expected = digits.to_images(x).reshape(-1, 784)[:, :10]
    np.testing.assert_array_equal(read(x), expected)
    assert given == [BATCH_SIZE, BATCH_SIZE, 3]
    assert read(x[:0]).shape == (0, 10)


@pytest.mark.skipif(os.name != "posix", reason="Windows counts a process's memory otherwise")
def test_memory_does_not_grow_with_the_number_of_digits():
    """In one run 10,000 digits take 340 MB."""
    program = (
        "import resource, sys\n"
        "import numpy as np\n"
        "from helpers.vision.digits import shipped_reader, to_images\n"
        "def largest(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "read, x = shipped_reader(), np.zeros((10_000, 28, 28), np.float32)\n"
        "to_images(x)\n"
        "before = largest()\n"
        "read(x)\n"
        "print((largest() - before) // (2**20 if sys.platform == 'darwin' else 2**10))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert int(done.stdout) < 80, done.stderr
