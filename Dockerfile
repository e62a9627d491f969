# API and worker from one image: `docker run … api --host 0.0.0.0` and `docker run … worker`.
# BASE needs Python 3.11 or newer with venv. PIP_INDEX_URL and PIP_CERT serve builds behind a mirror.
ARG BASE=docker.io/library/python:3.11-slim-bookworm

FROM ${BASE} AS build
ARG PIP_INDEX_URL
ARG PIP_CERT
WORKDIR /build
COPY requirements/ requirements/
RUN python3 -m venv /tools \
 && /tools/bin/pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes -r requirements/build.txt
RUN python3 -m venv --without-pip /service \
 && /tools/bin/pip --python /service/bin/python install --no-cache-dir --no-deps --only-binary :all: --require-hashes \
    -r requirements/production.txt
COPY pyproject.toml LICENSE ./
COPY app/ app/
COPY migrations/ migrations/
RUN /tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /tools/bin/pip --python /service/bin/python install --no-cache-dir --no-deps /wheel/*.whl

FROM ${BASE}
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin service
COPY --from=build /service /service
ENV PATH=/service/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
# Only root writes here, so nobody else can leave a .env for the service to read.
WORKDIR /service
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["banqup-exact"]
CMD ["api", "--host", "0.0.0.0"]
