# Everyday commands; `just --list` shows them.

build:
    cargo build --release

# The command without Cranelift: interpreted only
build-interpreter:
    cargo build --release -p raya-cli --no-default-features

test:
    cargo test --workspace

lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Benchmarks against the peers found on the PATH: `just bench bench/nbody.ts`
bench *FILES:
    cargo run --release -q -- bench --peer node {{FILES}}

# A stage of one program: `just dump bytecode bench/fib.ts`
dump STAGE FILE *ARGS:
    cargo run --release -q -- dump {{STAGE}} {{FILE}} {{ARGS}}

# Fixtures in all modes: `just fixtures numbers`
fixtures FILTER="": build
    cargo run --release -q -p raya-testkit -- fixtures --filter "{{FILTER}}"

# What happened to each opcode over all fixtures
coverage: build
    cargo run --release -q -p raya-testkit -- coverage

# Derive expected output again, from node and python3
twins *ARGS: build
    cargo run --release -q -p raya-testkit -- twins {{ARGS}}

# Random programs in all modes: `just generate 7 10000`
generate SEED="1" COUNT="1000": build
    cargo run --release -q -p raya-testkit -- generate --seed {{SEED}} --count {{COUNT}}

# Lines per second from text to bytecode
throughput *ARGS:
    cargo run --release -q -p raya --example throughput -- {{ARGS}}

# The crates' documentation
doc:
    cargo doc --workspace --no-deps
