"""The journal of events as people read it: sentences, people named as far as the policy allows, a proof for each (п. 3.3, 3.8).

words.py    how an event is said       reading.py  the feed: filters, pages, names
proof.py    the proof as a file        views.py    pages
"""
