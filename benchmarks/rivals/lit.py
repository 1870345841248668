"""The course's digits.onnx behind LitServe's own HTTP server: python lit.py digits.onnx PORT."""

import sys

import cv2
import litserve
import numpy as np
import onnxruntime


class Digits(litserve.LitAPI):
    def setup(self, device):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(sys.argv[1], options)

    def decode_request(self, request):
        data = np.frombuffer(request["file"].file.read(), np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
        return image.reshape(1, 28, 28, 1) / np.float32(255)

    def predict(self, images):
        return self.session.run(None, {"images": images})[0][0]

    def encode_response(self, probabilities):
        value = int(probabilities.argmax())
        digit = {"value": value, "probability": float(probabilities[value])}
        return {"text": str(value), "digits": [digit | {"box": [0, 0, 28, 28]}]}


if __name__ == "__main__":
    server = litserve.LitServer(Digits(api_path="/digits"), accelerator="cpu")
    server.run(
        host="127.0.0.1",
        port=int(sys.argv[2]),
        generate_client_file=False,
        log_level="error",
    )
