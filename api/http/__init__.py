"""What all routes share: settings, authentication, problems, metrics, JSON, and the clients of Kafka."""
