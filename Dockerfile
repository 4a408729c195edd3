# Two images of one file: `database`, PostgreSQL 18 with pg_cron, and `quadrant`, the commands.
FROM postgres:18-bookworm AS database
# The package follows the server's version; its own is left to the distribution.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-18-cron \
    && rm -rf /var/lib/apt/lists/*
# postgres
USER 999

FROM python:3.12-slim-bookworm AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE pg_cron.sql ./
COPY migrations migrations
COPY sql sql
COPY python python
RUN python -m venv /opt/quadrant && /opt/quadrant/bin/pip install --no-cache-dir '.[web]'

FROM python:3.12-slim-bookworm AS quadrant
COPY --from=build /opt/quadrant /opt/quadrant
COPY docker/migrate /opt/quadrant/bin/quadrant-migrate
COPY pg_cron.sql /opt/quadrant/pg_cron.sql
# The log file's folder is the only thing it writes to.
RUN useradd --uid 10001 --no-create-home quadrant && install -d -o quadrant /logs
ENV PATH=/opt/quadrant/bin:$PATH QUADRANT_LOGS=/logs PYTHONDONTWRITEBYTECODE=1
VOLUME /logs
USER 10001
ENTRYPOINT ["quadrant"]
CMD ["serve"]
