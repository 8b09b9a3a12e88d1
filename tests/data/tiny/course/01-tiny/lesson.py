# %% [markdown]
# # A tiny lesson

# %%
1 + 1

# %%
1 + 1
