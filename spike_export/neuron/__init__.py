# SPDX-License-Identifier: BSD-3-Clause
"""Recording from NEURON while it runs.

`model` reads cells, sections and shapes, `recorder` and `cell_recorder` record, `run` runs a user's
own model under a recorder, `parallel_run` does so in several processes, connected by `parallel`.
NEURON itself is imported only when needed: these modules can be imported without it.
"""
