# fails: final_values-1 finished, final_values-2 finished, final_values-3 finished, final_values-4 finished
# The search treats a whole increment as one step, so nothing can get in between.
def final_values(threads, increments):
    seen, todo, finals = set(), [(0, (increments,) * threads)], set()
    while todo:
        counter, left = todo.pop()
        if not any(left):
            finals.add(counter)
        for i in range(threads):
            if left[i]:
                after = (counter + 1, left[:i] + (left[i] - 1,) + left[i + 1 :])
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
    return finals
