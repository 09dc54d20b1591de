# %% [markdown]
# # Squares
#
# **After this chapter you can**
#
# - say what this chapter teaches, in three lines
# - count the small squares in a large one
# - replace all of this by your own
#
# **You need** nothing. **Time**: about 5 minutes.

# %%
from cnncourse import plots
from cnncourse.chapters.template.explorers import squares
from cnncourse.course import check, explore, quiz

plots.use_style()

# %% [markdown]
# ## A question first
#
# How many small squares are there in a large one? Move the slider before you read on.

# %%
explore(squares)

# %% [markdown]
# A square of $n$ rows has $n$ squares in each, so $n · n$ in all.

# %%
for side in range(1, 5):
    print(side, side * side)
assert [side * side for side in range(1, 5)] == [1, 4, 9, 16]

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise:template.area"]

# %% [markdown]
# ### Questions

# %%
quiz("template")

# %% [markdown]
# ## Summary
#
# - A square of side $n$ holds $n^2$ small ones.
