# The service without notebooks and TensorFlow; compose.yaml starts its parts from this image.
FROM python:3.12-slim
WORKDIR /annyeong
COPY requirements.lock pyproject.toml README.md LICENSE LICENSE-text ./
COPY src src
COPY data data
# The exact versions of the lock, but only of what the service needs.
RUN sed -E 's/ \\$//; /^ +(--hash|#)/d' requirements.lock > versions.txt \
    && pip install --no-cache-dir --constraint versions.txt --editable '.[service]'
RUN useradd --create-home annyeong && install -d -o annyeong /uploads
USER annyeong
ENV ANNYEONG_HOST=0.0.0.0 ANNYEONG_FOLDER=/uploads
VOLUME /uploads
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health')"]
ENTRYPOINT ["annyeong", "serve"]
