"""What `make bench` runs: the figures that the project promises, measured over real HTTP, beside the peers' figures.

figures.py     a figure: what was promised, what was measured at each size
ground.py      the academy of a size, built once and used again
at_size.py     a process of one size: builds its ground, measures the engine without pages
sites.py       the web servers of all sizes, side by side
visitor.py     somebody who has signed in and asks over HTTP
pages.py       pages over HTTP, asked of all sizes in turn
engine.py      marks, events, proofs, import
"""
