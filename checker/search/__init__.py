"""Search policies: who runs next, and which schedules are tried.

One policy a file, behind one seam (`checker.engine.runtime.Policy`). `explorer` runs them.
"""
