"""The read model: what the workers wrote, read from the topics and indexed for the API's answers."""
