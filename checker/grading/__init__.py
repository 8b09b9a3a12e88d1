"""Grading untrusted answers: a sandboxed worker explores, this process judges.

The order of the day, bottom up: `wire` and `protocol` (what may cross the pipe), `limits`, `landlock`,
`seccomp` and `sandbox` (what the worker may do), `gate` (what an answer may say), `slicing`, `source` and
`plan` (what is run), `worker` and `session` (the two ends of the pipe), `judge` (the verdict), `feedback`
(how it reads), and above them the entry points `checking`, `preprocessor` and `batch`.
"""
