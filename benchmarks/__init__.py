"""What `make bench` runs: the figures that the project promises, measured over real HTTP, beside the peers' figures."""
