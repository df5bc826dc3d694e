# The binary alone, beside the git that it asks. For CI services that run images; GitHub has the Action.
#
#     docker run --rm -v "$PWD:/repo:ro" mlops-lint
FROM rust:1-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY Cargo.toml Cargo.lock build.rs README.md ./
COPY src src
COPY policies policies
RUN cargo build --locked --profile dist --bin mlops-lint

FROM alpine:3
RUN apk add --no-cache git && adduser -D -u 1000 lint
# The mounted repository belongs to somebody else; nothing in it is run.
RUN git config --system --add safe.directory /repo
COPY --from=build /src/target/dist/mlops-lint /usr/local/bin/mlops-lint
USER lint
WORKDIR /repo
ENTRYPOINT ["mlops-lint"]
CMD ["check"]
