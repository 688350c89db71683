"""Hard cases made of physics: power curves whose truth is known to the second.

    .venv/bin/python -m bench.runs.synthetic --out DIR [--seed N] [--days N]

`machines` says what each printer is made of and why, `heat` lets it warm up and cool down,
`prints` lets it print; `household` bends the loads of the demo into their hard cases; `plugs`
decides what of all this a plug tells. Nothing here was measured in anybody's home.
"""
