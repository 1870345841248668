"""The router of lecture notes, written plainly: what a beginner's first service looks like.

The client's file name is joined to a path, the data set is loaded for each sample, the cascade
for each folder, and the work blocks the event loop. It is measured here and shown in lesson 17;
never put it on a network.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import keras
import matplotlib
import numpy as np
from fastapi import FastAPI, UploadFile

from helpers.data import MNIST
from helpers.paths import MODELS

matplotlib.use("Agg")
import matplotlib.pyplot as plt

UPLOADS, OUTPUT = "uploads", "output"
for folder in (UPLOADS, OUTPUT):
    os.makedirs(folder, exist_ok=True)

app = FastAPI()
model = keras.models.load_model(MODELS / "digits.keras")


@app.post("/digits")
async def read_digit(file: UploadFile):
    path = os.path.join(UPLOADS, file.filename)
    with open(path, "wb") as saved:
        saved.write(await file.read())
    image = cv2.resize(cv2.imread(path, cv2.IMREAD_GRAYSCALE), (28, 28))
    probabilities = model.predict(image.reshape(1, 28, 28, 1) / 255, verbose=0)[0]
    return {"text": str(probabilities.argmax()), "probability": float(probabilities.max())}


@app.post("/upload")
async def upload(file: UploadFile):
    path = os.path.join(UPLOADS, file.filename)
    with open(path, "wb") as saved:
        saved.write(await file.read())
    return {"filename": file.filename, "message": "파일 업로드 성공!", "path": path}


@app.get("/mnist-sample")
async def sample():
    with np.load(MNIST) as arrays:
        x_train, y_train = arrays["x_train"], arrays["y_train"]
    image, label = x_train[100], int(y_train[100])
    path = os.path.join(OUTPUT, f"mnist_sample_label{label}.png")
    plt.figure(figsize=(5, 5))
    plt.imshow(image, cmap="gray")
    plt.axis("off")
    plt.savefig(path)
    plt.close()
    return {"label": label, "image_path": path}


@app.get("/mosaic")
async def mosaic():
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_alt.xml")
    processed, failed = [], []
    for name in os.listdir(UPLOADS):
        if not name.lower().endswith((".png", ".jpg", ".jpeg", ".bmp", ".gif")):
            continue
        picture = cv2.imread(os.path.join(UPLOADS, name))
        if picture is None:
            failed.append(name)
            continue
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        for x, y, width, height in cascade.detectMultiScale(grey, minSize=(30, 30)):
            face = picture[y : y + height, x : x + width]
            small = cv2.resize(face, (16, 16), interpolation=cv2.INTER_LINEAR)
            picture[y : y + height, x : x + width] = cv2.resize(
                small, (width, height), interpolation=cv2.INTER_NEAREST
            )
        path = os.path.join(OUTPUT, f"{os.path.splitext(name)[0]}-face.png")
        cv2.imwrite(path, picture)
        processed.append(path)
    return {
        "message": "모자이크 처리 완료",
        "processed_files": processed,
        "failed_files": failed,
    }
