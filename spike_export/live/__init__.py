# SPDX-License-Identifier: BSD-3-Clause
"""A simulation that is running, shown by another program on the same computer.

What is recorded stays with the recorder until the run has ended, and whoever watches asks for the
frames that it does not have yet. So nothing is lost if the watcher is slow, leaves or comes back.
`messages` is what both say, `watcher` is the side that asks; `neuron.broadcast` answers.
"""
