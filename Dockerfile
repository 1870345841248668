# The service without notebooks and TensorFlow; compose.yaml starts its parts from this image.
# The tag of the base moves on with its security fixes. For the same image every time, name what it
# is today (docker buildx imagetools inspect python:3.12-slim) and renew it by hand:
#   docker build --build-arg BASE=python:3.12-slim@sha256:... --tag annyeong .
ARG BASE=python:3.12-slim
FROM ${BASE}
WORKDIR /annyeong
# The exact files of the lock, by their hashes. One of them, kiwipiepy-model, is source, which pip
# turns into a wheel by the setuptools of the day.
COPY requirements-service.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-service.lock
COPY pyproject.toml LICENSE LICENSE-text ./
COPY src src
COPY data data
RUN useradd --create-home annyeong && install -d -o annyeong /uploads
USER annyeong
ENV PYTHONPATH=/annyeong/src ANNYEONG_HOST=0.0.0.0 ANNYEONG_FOLDER=/uploads
VOLUME /uploads
EXPOSE 8000
HEALTHCHECK --start-period=60s --interval=15s --timeout=5s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["python", "-m", "helpers.cli", "serve"]
