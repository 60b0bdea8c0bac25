"""Documents for people: blocks, charts and the self-contained pages they are printed on."""
