# API and worker from one image: `docker run … api --host 0.0.0.0` and `docker run … worker`.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements/ requirements/
RUN python -m venv /tools \
 && /tools/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/build.txt
RUN python -m venv --without-pip /service \
 && /tools/bin/pip --python /service/bin/python install --no-cache-dir --no-deps --require-hashes -r requirements/production.txt
COPY pyproject.toml LICENSE ./
COPY app/ app/
COPY migrations/ migrations/
COPY sandbox/ sandbox/
RUN /tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /tools/bin/pip --python /service/bin/python install --no-cache-dir --no-deps /wheel/*.whl

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home service
COPY --from=build /service /service
ENV PATH=/service/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER service
WORKDIR /tmp
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["banqup-exact"]
CMD ["api", "--host", "0.0.0.0"]
