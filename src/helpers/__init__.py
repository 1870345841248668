"""The helpers behind the lessons of "Annyeong, Deep Learning"."""

import os

__version__ = "0.1.0"

# No telemetry: some libraries report their use to their makers unless the environment says no
# before they are loaded. Processes that we start inherit it. A value that the user has set stays.
for _name, _value in {
    "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime
    "RAY_USAGE_STATS_ENABLED": "0",  # Ray, where `serve run` starts it
    "ENABLE_RUNTIME_UPTIME_TELEMETRY": "0",  # TensorFlow
}.items():
    os.environ.setdefault(_name, _value)
