# %% [markdown]
# # A tiny assignment

# %%
from checker import check, discuss

# %% [markdown]
# Write `double`.
#
# <details><summary>Hint: a nudge</summary>
#
# What is two times a number?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# Multiply the number by two.
# </details>

# %% given="unit"
UNIT = 1


# %% answer="double"
def double(number):
    """Twice the number."""
    ### BEGIN SOLUTION
    return 2 * number
    ### END SOLUTION


# %% check="double-1" points=2
def it_doubles():
    return double(UNIT)


check(it_doubles, expect=2)


# %% check="double-2" points=1 hidden=true
def nothing_stays_nothing():
    return double(0)


check(nothing_stays_nothing, expect=0)

# %%
discuss("double")
