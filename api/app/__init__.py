"""The application: it puts the parts of the API together and runs them as a process."""
