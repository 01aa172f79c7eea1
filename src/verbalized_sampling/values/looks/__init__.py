"""How values look: in a terminal, a notebook, a page, a chart."""
