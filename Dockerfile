# kedge in a small Debian image. From a checkout: docker build -t kedge . (or buildah bud --format docker -t kedge .); then
#   docker run --rm -e TFY_HOST -e TFY_API_KEY -v "$PWD/truefoundry:/manifests:ro" kedge plan /manifests
# How it is run for good is in docs/deploy.md.
ARG BASE=debian:12-slim

# What the compiler needs; changes only when a package is added.
FROM ${BASE} AS packages
COPY script/prelude.sh script/deps /src/script/
RUN /src/script/deps build

FROM packages AS build
# A folder that outlives the build may be mounted here, so that the next build compiles only what changed.
ENV CCACHE_DIR=/tmp/ccache
COPY . /src
# One step, for each is a copy of the whole tree where the storage driver knows no layers. The list at its end: whose headers became part of
# the binary, for the list of what the image is made of.
RUN cd /src && cmake --preset release && ninja -C build/release kedge && strip -o /kedge build/release/src/kedge && rm -rf build && \
    dpkg-query -W -f='${Package} ${Version} ${Architecture}\n' 'libboost1.81-dev' libboost-url1.81-dev nlohmann-json3-dev \
    libspdlog-dev libcli11-dev libsqlitecpp-dev >/compiled-in

# What the binary needs: shared libraries, certificates, and the programs that fetch git repositories.
FROM ${BASE} AS runtime
COPY script/prelude.sh script/deps /tmp/script/
RUN /tmp/script/deps run && rm -rf /tmp/script /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /var/log/* /var/cache/debconf/*-old
RUN groupadd --gid 65532 kedge && useradd --uid 65532 --gid 65532 --home-dir /var/lib/kedge --create-home --shell /usr/sbin/nologin kedge
# Where settings and the socket are expected; both work on a root that is mounted read-only. STORE is to be a volume.
RUN mkdir -p /etc/kedge && install -d -o 65532 -g 65532 -m 0750 /run/kedge /var/lib/kedge

FROM runtime AS image
ARG VERSION=unknown
ARG REVISION=unknown
COPY --from=build /kedge /usr/bin/kedge
COPY --from=build /compiled-in /tmp/compiled-in
COPY script/sbom /tmp/sbom
RUN ldd /usr/bin/kedge | grep 'not found' && exit 1 || /usr/bin/kedge version
RUN mkdir -p /usr/share/kedge && /tmp/sbom "$(/usr/bin/kedge version | sed 's/^kedge //')" /tmp/compiled-in >/usr/share/kedge/sbom.cdx.json && \
    rm /tmp/sbom /tmp/compiled-in
LABEL org.opencontainers.image.title="kedge" \
      org.opencontainers.image.description="Keeps the MCP-server registrations of an AI control plane as a git repository says" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="debian:12-slim" \
      org.opencontainers.image.documentation="docs/deploy.md"
USER 65532:65532
WORKDIR /var/lib/kedge
ENV KEDGE_SETTINGS=/etc/kedge/kedge.yaml
# A daemon whose settings have a server.unix_socket answers there. Kubernetes has probes of its own.
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["/usr/bin/kedge", "events", "--last", "1", "--quiet"]
ENTRYPOINT ["/usr/bin/kedge"]
