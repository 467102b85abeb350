"""The registers of the offices, which are no incidents: tickets of queues, documents, answers to surveys."""
