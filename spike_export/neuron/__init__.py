# SPDX-License-Identifier: BSD-3-Clause
"""What is recorded from NEURON while it runs.

`model` reads cells, sections and shapes, `recorder` and `cell_recorder` record, `run` runs a
user's own model under a recorder, `parallel_run` does so in several processes, which `parallel`
joins.
NEURON itself is imported when it is needed: nothing here needs it to be imported.
"""
