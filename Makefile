# Every target is a script in .ci/; ARGS go to what it starts, as in: make run ARGS="--listen 127.0.0.1:9000"
SHELL := bash
.PHONY: run build dist test pages dev lint fmt bench judge

run: ## the portal with its demo mesh
	@.ci/serve $(ARGS)

build: ## the portal; the last line is the path of the binary
	@.ci/build

dist: ## the portal as people install it: slower to build, quicker to run
	@.ci/dist

test: ## every test
	@.ci/test $(ARGS)

pages: ## every page in a browser: axe, widths, screenshots
	@.ci/pages $(ARGS)

dev: ## watches, rebuilds, reloads the browser
	@.ci/dev $(ARGS)

lint: ## formatting, clippy, contrast of colours
	@.ci/lint

fmt: ## formats the Rust sources
	@source .ci/lib.sh && cargo fmt --all

bench: ## prints figures
	@.ci/bench $(ARGS)

judge: ## the outside judges
	@.ci/judge $(ARGS)
