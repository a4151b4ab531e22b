# Nothing to ask any more.
