"""Training as a plan: prescriptions, rest, the next set, history, and how often failure is wise.

What one set means is `review.review_set`, what the weeks mean is `review.review_weeks`. Both work
on `record.SetRecord`, the facts of a set, as `record.summarise` takes them from a report and
`history.History` keeps them.
"""
