# %% [markdown]
# *Before you hand in:* choose **Kernel → Restart Kernel and Run All Cells…**, so that nothing hangs on
# cells you have run in another order or removed since. Write your answers where it says `YOUR CODE HERE`.
# You may add cells. The cells with the checks are locked, and restored when your answers are graded.
