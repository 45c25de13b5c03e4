"""Tables as peewee models, where a query is built rather than written: imports that insert or update whole rows.

What is hot (receive, release, pick) runs SQL text instead. The migrations own the tables; a model only names
the columns, and a test holds it to them.
"""
