# Everyday commands; `just --list` shows them.

build:
    cargo build --release

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
fixtures FILTER="":
    cargo run --release -q -p raya-testkit -- fixtures --filter "{{FILTER}}"

# What happened to each opcode over all fixtures
coverage:
    cargo run --release -q -p raya-testkit -- coverage

# Derive expected output again, from node and python3
twins *ARGS:
    cargo run --release -q -p raya-testkit -- twins {{ARGS}}
