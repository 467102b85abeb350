"""The YAML files themselves: a folder of documents, their lists as rows of structs, and times as text."""
