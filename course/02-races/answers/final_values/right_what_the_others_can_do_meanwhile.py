def final_values(threads, increments):
    """Join the threads one at a time: what a group can leave behind is an interval."""
    low, high = increments, increments
    for _ in range(threads - 1):
        # The newcomer may lose all of the group's work or add all of its own.
        low, high = min(2, increments), high + increments
    return {value for value in range(low, high + 1)}
