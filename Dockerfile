# docker build -t entrepot .
# docker run --read-only --cap-drop ALL --security-opt no-new-privileges -p 8080:8080 entrepot
#
# Data of your own:               -v /srv/cubes:/data:ro -e ENTREPOT_DATA=/data
# New data by renaming, then:     docker kill -s HUP NAME
# Metrics for others than itself: -e ENTREPOT_ADMIN=0.0.0.0:8081, on a network of their own (config/compose.yaml)
# One question without a server:  docker run --rm entrepot get /v1/bilateral/IND/CHN
ARG DEBIAN=debian:trixie-slim

FROM ${DEBIAN} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        binutils gcc libarchive-dev libc6-dev libjansson-dev libjs-chart.js libmicrohttpd-dev libseccomp-dev libxxhash-dev make pkg-config zlib1g-dev
WORKDIR /src
COPY . .
ARG VERSION=0.2.0
RUN make -j"$(nproc)" install VERSION="$VERSION" DESTDIR=/out PREFIX=/usr \
    && strip /out/usr/bin/entrepot

FROM ${DEBIAN}
# Of the libraries' packages only what runs and their licences, and nothing that apt, dpkg and ldconfig write down with a date: so two builds
# give the same image. What is installed can still be asked of dpkg-query.
RUN printf 'path-exclude=/usr/share/%s\n' 'doc/*' 'locale/*' 'man/*' 'lintian/*' >/etc/dpkg/dpkg.cfg.d/entrepot \
    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/entrepot \
    && apt-get update \
    && apt-get install -y --no-install-recommends libarchive13t64 libjansson4 libmicrohttpd12t64 libseccomp2 libxxhash0 zlib1g \
    && rm -rf /etc/dpkg/dpkg.cfg.d/entrepot /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old \
        /var/cache/ldconfig/aux-cache /var/lib/dpkg/*-old /var/log/*
COPY --from=build /out/usr/bin/entrepot /usr/bin/entrepot
COPY --from=build /out/usr/share/entrepot /usr/share/entrepot
COPY --from=build /out/etc/entrepot /etc/entrepot

# `serve`, `get` and `health` all read these.
ENV ENTREPOT_CONFIG=/etc/entrepot/entrepot.json \
    ENTREPOT_LISTEN=0.0.0.0:8080
EXPOSE 8080
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["entrepot", "health"]
ENTRYPOINT ["entrepot"]
CMD ["serve"]

ARG DEBIAN
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Entrepôt" \
      org.opencontainers.image.description="HTTP JSON API about trade between two countries" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${DEBIAN}"
