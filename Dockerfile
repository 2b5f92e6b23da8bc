# kedge in a small Debian image. From a checkout: docker build -t kedge . (or buildah bud -t kedge .); then
#   docker run --rm -e TFY_HOST -e TFY_API_KEY -v "$PWD/truefoundry:/manifests:ro" kedge plan /manifests
ARG BASE=debian:12-slim

# What the compiler needs; changes only when a package is added.
FROM ${BASE} AS packages
COPY script/prelude.sh script/deps /src/script/
RUN /src/script/deps build

FROM packages AS build
# A folder that outlives the build may be mounted here, so that the next build compiles only what changed.
ENV CCACHE_DIR=/tmp/ccache
COPY . /src
RUN cd /src && cmake --preset release && ninja -C build/release kedge && strip -o /kedge build/release/src/kedge && rm -rf build

# What the binary needs: shared libraries, certificates, and the programs that fetch git repositories.
FROM ${BASE} AS runtime
COPY script/prelude.sh script/deps /tmp/script/
RUN /tmp/script/deps run && rm -rf /tmp/script /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
RUN groupadd --gid 65532 kedge && useradd --uid 65532 --gid 65532 --home-dir /var/lib/kedge --create-home --shell /usr/sbin/nologin kedge

FROM runtime AS image
COPY --from=build /kedge /usr/bin/kedge
RUN ldd /usr/bin/kedge | grep 'not found' && exit 1 || /usr/bin/kedge version
USER 65532:65532
WORKDIR /var/lib/kedge
ENTRYPOINT ["/usr/bin/kedge"]
